// Copyright (c) mlops.elastic contributors (@mlops-elastic)
// SPDX-License-Identifier: GPL-3.0-or-later
// Looks at pages in headless Chromium: node look.mjs FOLDER_OF_PACKAGES < looks.json > what_was_seen.json
//
// A look: {file, width, scheme, media, script, type, sort, picture}; the last three, where given, are typed into the
// filter, the heading of the jobs that is clicked, and the file for a screenshot of the part in view.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { seen } from "./seen.mjs";

const require = createRequire(join(process.argv[2], "index.js"));
const imported = async (name) => (await import(pathToFileURL(require.resolve(name)))).default;
const chromium = await imported("@sparticuz/chromium");
const puppeteer = await imported("puppeteer-core");

const UNSAFE = /web-security|insecure-content/;
const browser = await puppeteer.launch({
  args: chromium.args.filter((argument) => !UNSAFE.test(argument)),
  executablePath: await chromium.executablePath(),
  headless: "shell",
});

async function look({ file, width, height = 900, scheme = "light", media = "screen", script = true, ...more }) {
  const page = await browser.newPage();
  const events = { console: [], errors: [], dialogs: [], requests: [] };
  page.on("console", (message) => events.console.push(message.text()));
  page.on("pageerror", (error) => events.errors.push(error.message));
  page.on("dialog", (dialog) => {
    events.dialogs.push(dialog.message());
    dialog.dismiss();
  });
  page.on("request", (request) => events.requests.push(request.url()));
  await page.setJavaScriptEnabled(script);
  await page.setViewport({ width, height, deviceScaleFactor: width < 500 ? 2 : 1 });
  const features = [{ name: "prefers-color-scheme", value: scheme }];
  await (await page.createCDPSession()).send("Emulation.setEmulatedMedia", { media, features });
  await page.goto(pathToFileURL(file));
  if (more.type) await page.type("#filter", more.type);
  if (more.sort) await page.locator(`#jobs thead ::-p-text(${more.sort})`).click();
  if (more.picture) await page.screenshot({ path: more.picture });
  const found = { ...events, ...(await page.evaluate(seen)) };
  await page.close();
  return found;
}

const found = [];
for (const wanted of JSON.parse(readFileSync(0))) found.push(await look(wanted));
await browser.close();
process.stdout.write(JSON.stringify(found));
