import cyrillic from "@fontsource/onest/files/onest-cyrillic-400-normal.woff?url";
import cyrillicBold from "@fontsource/onest/files/onest-cyrillic-700-normal.woff?url";
import kazakh from "@fontsource/onest/files/onest-cyrillic-ext-400-normal.woff?url";
import kazakhBold from "@fontsource/onest/files/onest-cyrillic-ext-700-normal.woff?url";
import latin from "@fontsource/onest/files/onest-latin-400-normal.woff?url";
import latinBold from "@fontsource/onest/files/onest-latin-700-normal.woff?url";
import latinMore from "@fontsource/onest/files/onest-latin-ext-400-normal.woff?url";
import latinMoreBold from "@fontsource/onest/files/onest-latin-ext-700-normal.woff?url";
import type { Faces } from "./pdf.ts";

const fetched = (urls: readonly string[]): Promise<Uint8Array[]> =>
  Promise.all(urls.map(async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer())));

/** Onest from beside the page. */
export async function faces(): Promise<Faces> {
  const [regular, bold] = await Promise.all([fetched([latin, cyrillic, kazakh, latinMore]), fetched([latinBold, cyrillicBold, kazakhBold, latinMoreBold])]);
  return { regular, bold };
}
