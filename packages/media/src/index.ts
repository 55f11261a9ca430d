export { type AudioFormat, type CodecLoader, encodeAudio } from "./encode.ts";
export { loadRecording, type Recording } from "./load.ts";
export { type PcmLayout, pcmFrames as wavFrames } from "./pcm.ts";
export { readSoundFont, type SoundFont, type SoundFontPreset, type SoundFontZone } from "./soundfont.ts";
export { type ByteSource, blobSource, memorySource } from "./source.ts";
export type { AudioTags } from "./tags.ts";
export { type WavFormat, wavBytes, wavHeader, wavLayout } from "./wav.ts";
