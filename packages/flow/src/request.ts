import type { Decibels, Lufs, Seconds } from "@kuishi/base";
import type { Arrangement, Choices, Style } from "@kuishi/blend";
import type { Clips, Plan } from "@kuishi/engine";
import type { ByteSource } from "@kuishi/media";
import type { Bundle, Provenance, Session } from "@kuishi/project";
import type { Language } from "@kuishi/words";
import type { Faders } from "./compile.ts";
import type { HeardFile } from "./hear.ts";

/** Where a project's files are: in a bundle, or in the page's own folder. */
export type FileOf = (entry: string) => Promise<ByteSource | undefined>;

/** What a blend is asked for. */
export interface BlendRequest {
  readonly choices: Choices;
  /** Styles of the user's own, beside those that come with Kuishi. */
  readonly ownStyles?: readonly Style[];
  /** A singer's recording, as long as she sings, from the same start. */
  readonly voice?: {
    readonly name: string;
    readonly channels: readonly Float32Array[];
    readonly bytes: Uint8Array | null /** How far she is drawn to the tune's own cents, 0..1. */;
    readonly correct: number;
  };
  /** Of a written score, the parts that sound; all where none is named. */
  readonly parts?: readonly string[];
  /** Integrated loudness of the mix; null leaves it where the ceiling allows. */
  readonly loudness: Lufs | null;
  readonly provenance: Provenance;
  /** Language of the report. */
  readonly language: Language;
  /** The file as it was, to travel inside the project; null when it is too large. */
  readonly original: { readonly name: string; readonly bytes: Uint8Array | null };
  /** What a person did with tracks and mixer, and where the files are that their clips play. */
  readonly session?: Session;
  readonly fileOf?: FileOf;
  /** What goes into the bundle; without it, what this request says. */
  readonly bundle?: Pick<Bundle, "records" | "meta" | "files">;
}

/** A blend, ready to play or to render. */
export interface Prepared {
  /** The recording and its hearing as they were heard. */
  readonly original: HeardFile;
  /** The recording and its hearing as they are blended: straightened, transposed, cleaned. */
  readonly file: HeardFile;
  /** How far the music stood over the hiss that was taken out, dB; null where there was none worth it. */
  readonly hissDb: Decibels | null;
  readonly arrangement: Arrangement;
  readonly style: Style;
  readonly plan: Plan;
  readonly clips: Clips;
  readonly faders: Faders;
  /** How long arranging and balancing took. */
  readonly tookSec: Seconds;
}

/** What an arrangement is made for. */
export type PrepareRequest = Pick<BlendRequest, "choices" | "ownStyles" | "voice">;
