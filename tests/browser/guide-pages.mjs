// Makes the pictures of the pages in docs/guide: goes through the chapters as their reader does, in both languages.
// Not a test. From this folder: FUDE=../../build/fude node guide-pages.mjs [en|ja]
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countPictures, newestPicture } from "./redraw.mjs";
import { openBrowser, program, Studio, until } from "./studio.mjs";

const images = new URL("../../docs/guide/images/", import.meta.url).pathname;
const view = { width: 1180, height: 760 };
const words =
  "masterpiece, best quality, 1girl, solo, upper body, pink hair, long hair, green eyes, smile, closed mouth, " +
  "looking at viewer, kimono, japanese clothes, red kimono, night sky, star";
const unwanted = "(worst quality, low quality:1.4)";

/** What the page calls things. */
const names = {
  en: {
    locale: "en-US",
    prompt: "Prompt",
    negative: "Negative prompt",
    generate: /^(Generate|Add to queue)$/,
    seed: "Seed",
    hires: "Hires fix",
    goOver: "Enlarge and go over it once more",
    strength: "Denoising strength",
    redraw: "Redraw",
    inpaint: "Inpaint",
    upscale: "Upscale",
    enlarge: "Enlarge",
    canvas: "Picture to draw on",
    axis: (letter) => `${letter} axis`,
    compare: "Compare",
    cell: /^Open: /,
  },
  ja: {
    locale: "ja-JP",
    prompt: "プロンプト",
    negative: "ネガティブプロンプト",
    generate: /^(生成|キューに追加)$/,
    seed: "シード",
    hires: "高解像度補助",
    goOver: "拡大してもう一度描き込む",
    strength: "ノイズ除去強度",
    redraw: "描き直す",
    inpaint: "部分修正",
    upscale: "拡大する",
    enlarge: "拡大する",
    canvas: "描き込む画像",
    axis: (letter) => `${letter}軸`,
    compare: "比較する",
    cell: /^開く/,
  },
};

class Reader {
  constructor(language, page, studio, scratch) {
    Object.assign(this, { language, page, studio, scratch, name: names[language] });
  }

  async write(box, text) {
    await this.page.getByRole("textbox", { name: box, exact: true }).fill(text);
    await this.page.keyboard.press("Escape"); // the list of tags
  }

  async turn(knob, value) {
    const box = this.page.getByRole("spinbutton", { name: knob, exact: true }).first();
    await box.fill(String(value));
    await box.press("Enter");
  }

  /** Presses a button that makes a picture, and waits for it. */
  async make(button) {
    const before = await countPictures(this.studio);
    await this.page.getByRole("button", { name: button, exact: true }).click();
    return newestPicture(this.studio, before);
  }

  async open(place) {
    await this.page.goto("about:blank");
    await this.page.goto(`${this.studio.address}/#/${place}`);
  }

  async send(picture, to) {
    await this.open(`gallery?id=${picture.id}`);
    await this.page.getByRole("button", { name: new RegExp(`^${to} \\(`) }).click();
  }

  async show(name) {
    await this.page.mouse.move(600, 5);
    await this.page.evaluate(() => document.activeElement?.blur?.());
    await this.page.waitForTimeout(1200); // pictures fade in
    const png = join(this.scratch, `${name}.png`);
    await this.page.screenshot({ path: png });
    const out = join(images, `page-${name}.${this.language}.webp`);
    execFileSync(program, ["edit", png, "--format", "webp", "--quality", "55", "--out", out]);
  }
}

async function firstPicture(reader) {
  await reader.open("create");
  await reader.write(reader.name.prompt, words);
  await reader.write(reader.name.negative, unwanted);
  await reader.turn(reader.name.seed, 2);
  const girl = await reader.make(reader.name.generate);
  await reader.page.evaluate(() => document.querySelectorAll("main *").forEach((part) => (part.scrollTop = 0)));
  await reader.show("create");
  return girl;
}

async function hiresFix(reader) {
  await reader.page.getByText(reader.name.hires, { exact: true }).first().click();
  await reader.page.getByText(reader.name.goOver, { exact: true }).first().click();
  await reader.turn(reader.name.strength, 0.4);
  await reader.make(reader.name.generate);
  await reader.page.getByText(reader.name.hires, { exact: true }).first().scrollIntoViewIfNeeded();
  await reader.show("hires");
}

async function redrawing(reader, girl) {
  await reader.send(girl, reader.name.redraw);
  await reader.page.getByRole("application", { name: reader.name.canvas }).waitFor();
  await reader.write(reader.name.prompt, words.replace("night sky, star", "sunset, orange sky"));
  await reader.turn(reader.name.strength, 0.7);
  await reader.make(reader.name.generate);
  await reader.show("redraw");
}

async function inpainting(reader, girl) {
  await reader.send(girl, reader.name.inpaint);
  const canvas = reader.page.getByRole("application", { name: reader.name.canvas });
  await canvas.waitFor();
  await reader.write(reader.name.prompt, words.replace("smile, closed mouth", "open mouth, smile, :d"));
  await canvas.focus();
  await reader.page.keyboard.press("b");
  const box = await canvas.boundingBox();
  const side = Math.min(box.width, box.height) * 0.94;
  const at = (u, v) => [
    box.x + box.width / 2 + (u / 256 - 0.5) * side,
    box.y + box.height / 2 + (v / 256 - 0.5) * side,
  ];
  const face = [[95, 110], [165, 110], [165, 118], [97, 118], [97, 126], [163, 126]];
  const chin = [[160, 134], [102, 134], [110, 142], [152, 142], [142, 149], [118, 149]];
  await reader.page.mouse.move(...at(...face[0]));
  await reader.page.mouse.down();
  for (const place of [...face.slice(1), ...chin]) await reader.page.mouse.move(...at(...place), { steps: 6 });
  await reader.page.mouse.up();
  await reader.show("inpaint");
}

async function enlarging(reader, girl) {
  await reader.send(girl, reader.name.upscale);
  await reader.make(reader.name.enlarge);
  await reader.show("upscale");
}

async function comparing(reader) {
  await reader.open("create");
  await reader.write(reader.name.prompt, words);
  await reader.turn(reader.name.seed, 2);
  await reader.open("compare");
  const choose = async (axis, text) => {
    const box = reader.page.getByRole("combobox", { name: axis });
    await box.fill(text);
    await reader.page.getByRole("option").first().waitFor();
    await reader.page.waitForTimeout(400);
    await box.press("Enter");
  };
  await choose(reader.name.axis("X"), "S/R");
  await reader.page.getByRole("textbox", { name: /S\/R/ }).first().fill("night sky, sunset, cherry blossoms");
  await choose(reader.name.axis("Y"), "seed");
  await reader.page.getByRole("textbox", { name: /Seed/ }).last().fill("2, 5");
  await reader.page.waitForTimeout(1500);
  await reader.page.getByRole("button", { name: reader.name.compare, exact: true }).click();
  await until(async () => (await reader.page.getByRole("button", { name: reader.name.cell }).count()) === 6);
  await reader.show("compare");
}

async function keeping(reader, girl) {
  await reader.open(`gallery?id=${girl.id}`);
  await reader.show("gallery");
}

const browser = await openBrowser();
const scratch = mkdtempSync(join(tmpdir(), "fude-guide-"));
try {
  for (const language of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(names)) {
    const studio = await Studio.start();
    try {
      const context = await browser.newContext({ locale: names[language].locale, viewport: view });
      const page = await context.newPage();
      page.setDefaultTimeout(40_000);
      const reader = new Reader(language, page, studio, scratch);
      const girl = await firstPicture(reader);
      await hiresFix(reader);
      await redrawing(reader, girl);
      await inpainting(reader, girl);
      await enlarging(reader, girl);
      await comparing(reader);
      await keeping(reader, girl);
      await context.close();
    } finally {
      await studio.stop();
    }
  }
} finally {
  await browser.close();
  rmSync(scratch, { recursive: true });
}
