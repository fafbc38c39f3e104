// Bundles the console and writes it as C: node build.mjs OUTPUT.c
// What it was made from stands in OUTPUT.c.d, for the build to know when to do it again.
//
// Every asset is named after its contents, packed once, and kept only so: server/api/console/console.c
// unpacks it for the rare client that cannot. The sum of packed bytes has a ceiling.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const PAGE = "src/page.html";
const MOST_PACKED_BYTES = 150 * 1024;
const here = dirname(fileURLToPath(import.meta.url));
const output = process.argv[2] ?? join(here, "console_files.c");

const digest = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

async function bundle() {
    const result = await build({
        absWorkingDir: here,
        entryPoints: { console: "src/main.tsx" },
        bundle: true,
        minify: true,
        write: false,
        metafile: true,
        outdir: "out",
        format: "esm",
        target: ["es2021", "chrome100", "firefox100", "safari15"],
        jsx: "automatic",
        jsxImportSource: "preact",
        charset: "utf8",
        legalComments: "none",
        logLevel: "warning",
    });
    const inputs = [...Object.keys(result.metafile.inputs), PAGE].map((name) => join(here, name));
    writeFileSync(`${output}.d`, `${output}: ${inputs.join(" ")}\n`);
    return result.outputFiles.map((file) => {
        const ending = file.path.endsWith(".css") ? "css" : "js";
        const type = ending === "css" ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";
        return { name: `console-${digest(file.contents)}.${ending}`, type, bytes: Buffer.from(file.contents) };
    });
}

/* The page names the two assets; it is asked for each time, they never again. */
function page(assets) {
    const named = (ending) => assets.find((asset) => asset.name.endsWith(ending)).name;
    const html = readFileSync(join(here, PAGE), "utf8")
        .replace("{{script}}", `/assets/${named(".js")}`)
        .replace("{{style}}", `/assets/${named(".css")}`);
    return { name: "", type: "text/html; charset=utf-8", bytes: Buffer.from(html) };
}

function array(bytes) {
    const lines = [];
    for (let at = 0; at < bytes.length; at += 24) lines.push([...bytes.subarray(at, at + 24)].join(","));
    return lines.join(",\n");
}

function asC(files) {
    const packed = files.map((file) => gzipSync(file.bytes, { level: 9 }));
    const sum = packed.reduce((bytes, one) => bytes + one.length, 0);
    if (sum > MOST_PACKED_BYTES) throw new Error(`the console has ${sum} packed bytes, over ${MOST_PACKED_BYTES}`);
    console.log(`console: ${files.map((file, at) => `${file.name || "/"} ${file.bytes.length} -> ${packed[at].length}`).join(", ")}; ${sum} bytes packed`);
    return [
        '#include "api/console/console_files.h"\n',
        ...packed.map((bytes, at) => `static const unsigned char file${at}[] = {\n${array(bytes)}\n};\n`),
        "const struct console_file console_files[] = {",
        ...files.map((file, at) => `    {"${file.name}", "${file.type}", "\\"${digest(file.bytes)}\\"", file${at}, sizeof file${at}, ${file.bytes.length}},`),
        "};",
        `const size_t console_file_count = ${files.length};\n`,
    ].join("\n");
}

const assets = await bundle();
writeFileSync(output, asC([page(assets), ...assets]));
