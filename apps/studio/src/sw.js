// Keeps the whole studio for use without a network: one cache for each build, filled whole or not at all.
// The build fills in its version and its files, each with its SHA-256.
const CACHE = "kuishi-__VERSION__";
const FILES = "__FILES__";

// A newer build waits until the pages of the older one are closed: they keep their worker and their files.
// A page that is alone, and has just been opened, sends for it.
self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("message", ({ data }) => {
  if (data === "take over") self.skipWaiting();
});
self.addEventListener("activate", (event) => event.waitUntil(dropOthers().then(() => self.clients.claim())));
self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET" || new URL(event.request.url).origin !== self.location.origin) return;
  event.respondWith(kept(event.request).then((response) => response ?? fetch(event.request)));
});

async function fill() {
  const cache = await caches.open(CACHE);
  await Promise.all(FILES.map(async ([path, digest]) => cache.put(path, await ofThisBuild(path, digest))));
}
/** A file that is the build's own, byte for byte: what lies here from an older build, else what the host has now, past every HTTP cache. */
async function ofThisBuild(path, digest) {
  for (const look of [() => caches.match(path), () => fetch(new Request(path, { cache: "reload" }))]) {
    const response = await look();
    if (!response?.ok) continue;
    const bytes = await response.arrayBuffer();
    // a response that was redirected may not answer a navigation: it is made anew
    if ((await sha256(bytes)) === digest) return new Response(bytes, { headers: response.headers });
  }
  throw new Error(`${path} is not of this build`);
}
async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
async function kept(request) {
  return await (await caches.open(CACHE)).match(request, { ignoreSearch: true });
}
async function dropOthers() {
  for (const name of await caches.keys()) if (name.startsWith("kuishi-") && name !== CACHE) await caches.delete(name);
}
