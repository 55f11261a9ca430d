import type { CodecLoader } from "@kuishi/media";
import mp3Url from "codec-mp3/mp3.wasm?url";
import opusUrl from "codec-opus/opus.wasm?url";

/** The separate, replaceable `.wasm` files of LAME and libopus, fetched when something is written in their format. */
export const codecs: CodecLoader = async (codec) => WebAssembly.compile(await (await fetch(codec === "mp3" ? mp3Url : opusUrl)).arrayBuffer());
