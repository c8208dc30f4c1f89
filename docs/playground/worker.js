// Runs the library in Pyodide, off the page's own thread. Everything is loaded from this folder.

const RUNTIME = new URL("runtime/", import.meta.url);

let answer = null;

self.onmessage = async ({ data }) => {
  if (data.manifest) {
    await start(data.manifest);
  } else {
    self.postMessage({ id: data.id, answer: answer(data.question) });
  }
};

async function start(manifest) {
  try {
    countBytes(manifest.files);
    const { loadPyodide } = await import(new URL("pyodide.mjs", RUNTIME));
    const pyodide = await loadPyodide({ indexURL: RUNTIME.href });
    for (const name of Object.keys(manifest.files).filter((file) => file.endsWith(".whl"))) {
      pyodide.unpackArchive(await bytes(name), "wheel");
    }
    for (const name of manifest.program) {
      const place = `/home/pyodide/${name}`;
      pyodide.FS.mkdirTree(place.slice(0, place.lastIndexOf("/")));
      pyodide.FS.writeFile(place, new Uint8Array(await bytes(name)));
    }
    answer = pyodide.pyimport("docs.playground.bridge").answer;
    self.postMessage({ ready: true });
  } catch (error) {
    self.postMessage({ failed: String(error) });
  }
}

async function bytes(name) {
  const response = await fetch(new URL(name, RUNTIME));
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response.arrayBuffer();
}

// Pyodide fetches its large files by itself, so that what has come is counted where it comes.
function countBytes(files) {
  const total = Object.values(files).reduce((sum, size) => sum + size, 0);
  const modules = Object.keys(files).filter((name) => name.endsWith(".mjs")); // come by import, not by fetch
  let loaded = modules.reduce((sum, name) => sum + files[name], 0);
  const original = self.fetch;
  self.fetch = async (...request) => {
    const response = await original(...request);
    if (!response.body) return response;
    const counter = new TransformStream({
      transform(chunk, controller) {
        loaded += chunk.byteLength;
        self.postMessage({ progress: Math.min(loaded / total, 1) });
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(counter), response);
  };
}
