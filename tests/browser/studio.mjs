// A studio to test in: the true program on a data folder of its own, and Debian's Chromium looking at it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, mkdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

export const program = process.env.FUDE ?? "build/fude";
const pictures = process.env.FUDE_SCREENSHOTS ?? ""; // a folder: keep a picture of the page after every test
const browserPlaces = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** A port that nobody listens on. */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** A running server. `stop()` ends it as Ctrl-C does and deletes its data folder. */
export class Studio {
  static async start({ prepare = () => {}, args = [] } = {}) {
    const studio = new Studio();
    studio.folder = mkdtempSync(join(tmpdir(), "fude-browser-"));
    studio.port = await freePort();
    studio.address = `http://127.0.0.1:${studio.port}`;
    studio.args = args;
    prepare(studio.folder);
    await studio.run();
    return studio;
  }

  async run() {
    assert.ok(existsSync(program), `there is no ${program}: build it, or say where it is in FUDE`);
    this.said = "";
    this.process = spawn(
      program,
      ["serve", "--port", String(this.port), "--data-dir", this.folder, "--threads", "2", ...this.args],
      { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, OMP_NUM_THREADS: "1" } },
    );
    this.ended = new Promise((resolve) => this.process.once("exit", (code, signal) => resolve(code ?? signal)));
    for (const stream of [this.process.stdout, this.process.stderr]) stream.on("data", (text) => (this.said += text));
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
      try {
        if ((await fetch(`${this.address}/api/v1/status`)).ok) return;
      } catch {
        // not yet
      }
      if (this.process.exitCode !== null) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the server did not come up; it said:\n${this.said}`);
  }

  /** The server dies without a chance to tidy up, and comes back. */
  async killAndRestart() {
    this.process.kill("SIGKILL");
    await this.ended;
    await this.run();
  }

  async stop() {
    this.process.kill("SIGINT");
    const late = setTimeout(() => this.process.kill("SIGKILL"), 20_000);
    const code = await this.ended;
    clearTimeout(late);
    rmSync(this.folder, { recursive: true, force: true });
    assert.ok(code === 0 || code === 130, `the server ended with ${code} after Ctrl-C; it said:\n${this.said}`);
  }

  async ask(path, { method = "GET", body } = {}) {
    const answer = await fetch(`${this.address}/api/v1${path}`, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
    return answer.json();
  }

  /** Makes a small picture without the page and returns its gallery row. */
  async paint(request) {
    const job = await this.ask("/jobs", {
      method: "POST",
      body: { kind: "txt2img", request: { steps: 2, width: 64, height: 64, seed: 1, ...request } },
    });
    for (;;) {
      const now = await this.ask(`/jobs/${job.id}`);
      if (now.state === "done") return this.ask(`/pictures/${now.pictures[0]}`);
      assert.ok(["waiting", "running"].includes(now.state), `the job is ${now.state}: ${now.error}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
}

export const desktop = { width: 1440, height: 900 };
export const laptop = { width: 1024, height: 768 };
export const phone = { width: 390, height: 844 };

/** One browser for a file of tests. */
export async function openBrowser() {
  const place = process.env.FUDE_CHROMIUM ?? browserPlaces.find(existsSync);
  assert.ok(place, "no Chromium found: install Debian's package chromium, or say where it is in FUDE_CHROMIUM");
  return chromium.launch({ executablePath: place, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/** A fresh visitor's page. It fails its test when the page logs an error or asks for anything outside this machine. */
export async function visit(browser, studio, { locale = "en-US", viewport = desktop, path = "/", colorScheme = "light" } = {}) {
  const context = await browser.newContext({ locale, viewport, colorScheme, hasTouch: viewport === phone });
  const page = await context.newPage();
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(`error: ${error.message}`));
  page.on("console", (line) => {
    if (line.type() === "error") page.complaints.push(`console: ${line.text()}`);
  });
  page.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (/^(https?|wss?):$/.test(protocol) && host !== `127.0.0.1:${studio.port}`) {
      page.complaints.push(`the page asked ${request.url()}`);
    }
  });
  page.setDefaultTimeout(30_000);
  await page.goto(studio.address + path);
  return page;
}

/** Waits until something holds, a minute at most. */
export async function until(holds) {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`did not come true within a minute: ${holds}`);
}

/** Goes to a room anew and waits until it is drawn. (The stream of events keeps the network busy for good.) */
export async function enter(page, studio, room) {
  await page.goto("about:blank");
  await page.goto(`${studio.address}/#/${room}`);
  await page.waitForFunction(() => document.querySelector("main")?.innerText.trim().length > 20);
  await page.evaluate(() => document.fonts.ready);
}

/** Closes a page that did nothing wrong. */
export async function leave(page, name) {
  if (pictures) {
    mkdirSync(pictures, { recursive: true });
    await page.screenshot({ path: join(pictures, `${name}.png`) });
  }
  await page.context().close();
  assert.deepEqual(page.complaints, []);
}
