import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env["TREADLE_URL"] ?? "http://127.0.0.1:8765";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // The page's policy allows no data: fonts or scripts; small images may stay where they are used.
    assetsInlineLimit: (path) => (path.endsWith(".svg") ? undefined : false),
    manifest: "manifest.json",
    // What whoever made the parts of it asks to be passed on with them.
    license: { fileName: "licenses.txt" },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
  },
  server: {
    // The browser sees one origin, so that the session's cookie and its token count.
    proxy: Object.fromEntries(["/api", "/sign-in", "/static", "/forms", "/tasks"].map((path) => [path, server])),
  },
});
