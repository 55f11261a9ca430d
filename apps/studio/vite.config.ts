import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";
import solid from "vite-plugin-solid";

const home = import.meta.dirname;

/** Puts the example beside the page, and writes the service worker with the list of all files of this build. */
function staticFolder(): Plugin {
  return {
    name: "kuishi-static-folder",
    apply: "build",
    async closeBundle() {
      const dist = join(home, "dist");
      mkdirSync(join(dist, "example"), { recursive: true });
      copyFileSync(join(home, "../../examples/balbyrauyn.flac"), join(dist, "example/balbyrauyn.flac"));
      const { opening } = await import("./opening.ts");
      writeFileSync(join(dist, "example/opening.json"), await opening(join(home, "../../examples/balbyrauyn.flac")));
      copyFileSync(join(home, "../../THIRD-PARTY-NOTICES.md"), join(dist, "third-party-notices.txt"));
      copyFileSync(join(home, "../../LICENSE"), join(dist, "license.txt"));
      const files = (readdirSync(dist, { recursive: true, withFileTypes: true }) as import("node:fs").Dirent[])
        .filter((entry) => entry.isFile() && entry.name !== "sw.js")
        .map((entry) =>
          join(entry.parentPath, entry.name)
            .slice(dist.length + 1)
            .replaceAll("\\", "/"),
        )
        .sort();
      const version = createHash("sha256");
      for (const file of files) version.update(file).update(readFileSync(join(dist, file)));
      const template = readFileSync(join(home, "src/sw.js"), "utf8");
      writeFileSync(
        join(dist, "sw.js"),
        template.replace("__VERSION__", version.digest("hex").slice(0, 16)).replace('"__FILES__"', JSON.stringify(["./", ...files])),
      );
    },
  };
}

export default defineConfig({
  root: home,
  base: "./",
  plugins: [solid(), staticFolder()],
  // 4 MB of speech enhancement that the Opus decoder offers and music does not want
  resolve: {
    alias: {
      // the encoders' own `.wasm` files, which their packages do not export
      "codec-mp3": join(home, "../../node_modules/wasm-media-encoders/wasm"),
      "codec-opus": join(home, "../../node_modules/@evan/opus/wasm"),
      "@wasm-audio-decoders/opus-ml": join(home, "src/nothing.ts"),
    },
  },
  worker: {
    format: "es",
    // LGPL code stays in files of its own, so that anyone can put another build in its place (docs/adr/0002)
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "codec-parser", test: /node_modules\/codec-parser\// },
            { name: "mpg123-decoder", test: /node_modules\/mpg123-decoder\// },
          ],
        },
      },
    },
  },
  build: { target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 1500 },
});
