import mp3Url from "codec:mp3?url";
import opusUrl from "codec:opus?url";
import type { CodecLoader } from "./encode.ts";

/** Fetches the separate, replaceable `.wasm` files of LAME and libopus when something is written in their format. The bundler is told where they lie by `codecFile`. */
export const codecs: CodecLoader = async (codec) => WebAssembly.compile(await (await fetch(codec === "mp3" ? mp3Url : opusUrl)).arrayBuffer());
