import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codecFile } from "@kuishi/media/node";
import { defineConfig, type Plugin } from "vite";
import solid from "vite-plugin-solid";
import { writeServiceWorker } from "./service-worker.ts";

const home = import.meta.dirname;

/** Puts the example beside the page, and writes the service worker of this build. */
function staticFolder(): Plugin {
  return {
    name: "kuishi-static-folder",
    apply: "build",
    async closeBundle() {
      const dist = join(home, "dist");
      mkdirSync(join(dist, "example"), { recursive: true });
      copyFileSync(join(home, "../../examples/balbyrauyn.flac"), join(dist, "example/balbyrauyn.flac"));
      const { opening } = await import("./opening.ts");
      const made = await opening(join(home, "../../examples/balbyrauyn.flac"));
      for (const [name, text] of Object.entries(made)) writeFileSync(join(dist, `example/${name}.json`), text);
      copyFileSync(join(home, "../../THIRD-PARTY-NOTICES.md"), join(dist, "third-party-notices.txt"));
      copyFileSync(join(home, "../../THIRD-PARTY-LICENCES.txt"), join(dist, "third-party-licences.txt"));
      copyFileSync(join(home, "../../LICENSE"), join(dist, "license.txt"));
      writeServiceWorker(dist);
    },
  };
}

/** The page itself speaks one language at a time (`@kuishi/words/page`); its workers, whose plugins are others, know all. */
function oneLanguage(): Plugin {
  const speak = join(home, "../../packages/words/src/speak.ts");
  return { name: "kuishi-one-language", apply: "build", enforce: "pre", resolveId: (id) => (id === "@kuishi/words" ? speak : null) };
}

export default defineConfig({
  root: home,
  base: "./",
  plugins: [oneLanguage(), solid(), staticFolder()],
  resolve: {
    alias: (["mp3", "opus"] as const).map((codec) => ({ find: new RegExp(`^codec:${codec}(?=\\?)`), replacement: codecFile(codec) })),
  },
  worker: {
    format: "es",
    // LGPL code stays in files of its own, so that anyone can put another build in its place (docs/adr/0002)
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: "mpg123-decoder", test: /node_modules\/mpg123-decoder\// }],
        },
      },
    },
  },
  build: { target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 1500 },
});
