import { wavBytes, wavHeader } from "@kuishi/media";

/** A 16-bit WAV file. */
export const wav = (channels: readonly Float32Array[], rate = 48_000): Buffer =>
  Buffer.concat([wavHeader("pcm16", rate, channels.length, channels[0]?.length ?? 0), wavBytes("pcm16", channels)]);
