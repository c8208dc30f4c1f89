// Serves the playground from the browser's own store once it has been loaded. A new version gets a new store.

const VERSION = new URL(self.location).search.slice(1);
const MANIFEST = new URL("runtime/manifest.json", self.location).href;

self.addEventListener("install", (event) => {
  event.waitUntil(store());
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers());
});

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  event.respondWith(event.request.url === MANIFEST ? newest(event.request) : kept(event.request));
});

async function store() {
  const manifest = await (await fetch(MANIFEST)).json();
  const files = Object.keys(manifest.files).map((name) => `runtime/${name}`);
  const cache = await caches.open(VERSION);
  await cache.addAll(["./", MANIFEST, ...manifest.page, ...files]);
}

async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== VERSION).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function kept(request) {
  return (await caches.match(request, { ignoreSearch: true })) ?? fetch(request);
}

// The manifest tells whether there is a new version, so that it is asked for while there is a network.
async function newest(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(request)) ?? Response.error();
  }
}
