import { canonicalJson } from "@kuishi/base";
import type { ProjectDocument } from "@kuishi/project/document";
import { hashOf } from "./hash.ts";

/** What a document comes to once it is read and repaired: peers that hold the same changes come to the same, or something is broken. */
export const checksumOf = (document: ProjectDocument): string => hashOf(new TextEncoder().encode(canonicalJson(document.records)));
