import { text } from "@kuishi/words";
import { render } from "solid-js/web";
import { App } from "./app.tsx";
import { keepOffline } from "./state/builds.ts";
import { language, spoken } from "./state/language.ts";
import "@fontsource-variable/onest/wght.css";
import "./look/tokens.css";
import "./look/controls.css";
import "./look/frame.css";
import "./look/tune.css";
import "./look/rooms.css";
import "./look/stage.css";
import "./look/together.css";

// without it codes are read instead of sentences, which is more than nothing
await spoken().catch(() => {});
const root = document.getElementById("studio")!;
// A module of one function that uses SIMD: browsers without it cannot run the kernels.
const simd = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11]);
if (typeof WebAssembly === "undefined" || !WebAssembly.validate(simd)) root.textContent = text(language(), "ui.old");
else render(App, root);
if ("serviceWorker" in navigator && import.meta.env.PROD) void keepOffline().catch(() => {});
