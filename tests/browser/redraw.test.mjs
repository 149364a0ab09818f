import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Studio, leave, openBrowser, program, until, visit } from "./studio.mjs";
import { knob, paint, promptBox } from "./create.mjs";
import { canRedraw, canvas, countPictures, draw, newestPicture, pixels, pixelsOf, sendFromGallery } from "./redraw.mjs";

let browser, studio, picture, isOffered;
before(async () => {
  studio = await Studio.start();
  browser = await openBrowser();
  isOffered = await canRedraw(studio);
  picture = await studio.paint({ prompt: "1girl, smile", width: 128, height: 128, seed: 3 });
});
after(async () => {
  await browser?.close();
  await studio?.stop();
});

async function setSteps(page, steps) {
  await knob(page, "Steps").fill(String(steps));
  await knob(page, "Steps").press("Enter");
}

/** Sends the picture to the room, in a way of redrawing, and waits until it can be drawn on. */
async function openRoom(to = "Inpaint") {
  const page = await visit(browser, studio);
  await sendFromGallery(page, studio, picture, to);
  await canvas(page).waitFor();
  await page.getByRole("button", { name: "Undo (Ctrl+Z)" }).and(page.locator(":enabled")).waitFor();
  await until(async () => (await promptBox(page).inputValue()) === "1girl, smile");
  await setSteps(page, 2);
  return page;
}

test("the room is there exactly when the studio can redraw", async () => {
  const page = await visit(browser, studio);
  await page.getByRole("link", { name: "Models" }).waitFor();
  assert.equal(await page.getByRole("link", { name: "Redraw" }).count(), isOffered ? 1 : 0);
  await leave(page, "redraw-link");
});

test("a picture of the gallery is redrawn", async (t) => {
  if (!isOffered) return t.skip("this studio cannot redraw");
  const page = await openRoom("Redraw");
  const count = await countPictures(studio);
  await knob(page, "Denoising strength").fill("0.5");
  await knob(page, "Denoising strength").press("Enter");
  await paint(page);
  const made = await newestPicture(studio, count);
  assert.deepEqual([made.width, made.height], [128, 128]);
  assert.match(made.infotext, /Denoising strength: 0\.5/);
  await leave(page, "redraw-whole");
});

test("only what is masked changes", async (t) => {
  if (!isOffered) return t.skip("this studio cannot redraw");
  const page = await openRoom();
  const count = await countPictures(studio);
  await draw(page, [[0.5, 0.45], [0.5, 0.55]]);
  await knob(page, "Mask blur").fill("0");
  await knob(page, "Mask blur").press("Enter");
  await paint(page);
  const made = await newestPicture(studio, count);
  const [was, is] = [await pixels(page, picture), await pixels(page, made)];
  const differs = (x, y) => [0, 1, 2].some((part) => was[(y * 128 + x) * 4 + part] !== is[(y * 128 + x) * 4 + part]);
  let inside = 0;
  for (let y = 0; y < 128; y += 1)
    for (let x = 0; x < 128; x += 1) {
      if (x > 32 && x < 96 && y > 24 && y < 104) inside += differs(x, y) ? 1 : 0;
      else assert.ok(!differs(x, y), `pixel ${x}, ${y} changed outside the mask`);
    }
  assert.ok(inside > 0, "nothing changed below the mask");
  await leave(page, "redraw-inpaint");
});

test("the brush stays the tool while a picture is redrawn as a whole", async (t) => {
  if (!isOffered) return t.skip("this studio cannot redraw");
  const page = await openRoom("Redraw");
  await sendFromGallery(page, studio, picture, "Inpaint");
  await page.getByRole("button", { name: /^Brush/, pressed: true }).waitFor();
  await leave(page, "redraw-brush");
});

test("an empty mask is told of and makes nothing", async (t) => {
  if (!isOffered) return t.skip("this studio cannot redraw");
  const page = await openRoom();
  const count = await countPictures(studio);
  await paint(page);
  await page.getByText("Paint over what is to change first.").waitFor();
  assert.equal(await countPictures(studio), count);
  await leave(page, "redraw-empty-mask");
});

test("a picture goes on beyond its edges as the command line makes it", async (t) => {
  if (!isOffered) return t.skip("this studio cannot redraw");
  const page = await openRoom();
  const count = await countPictures(studio);
  await page.getByRole("button", { name: "Outpaint", exact: true }).click();
  await paint(page);
  await page.getByText("Choose a side at which the picture is to go on first.").waitFor();
  await page.getByRole("button", { name: "Left", exact: true }).click();
  await knob(page, "By so many pixels").fill("64");
  await knob(page, "By so many pixels").press("Enter");
  await knob(page, "Seed").fill("11");
  await knob(page, "Seed").press("Enter");
  await paint(page);
  const made = await newestPicture(studio, count);
  assert.deepEqual([made.width, made.height], [192, 128]);
  const file = join(studio.folder, "outputs", picture.file);
  const grown = join(studio.folder, "grown.png");
  const flags = "--outpaint left --outpaint-pixels 64 --denoise 0.8 --seed 11 --steps 2 --threads 2".split(" ");
  const { status, stderr } = spawnSync(program, ["img2img", file, "--like", file, ...flags, "--out", grown]);
  assert.equal(status, 0, String(stderr));
  const bytes = readFileSync(grown).toString("base64");
  assert.deepEqual(await pixels(page, made), await pixelsOf(page, `data:image/png;base64,${bytes}`));
  await leave(page, "redraw-outpaint");
});

test("a picture is enlarged and redrawn in tiles", async (t) => {
  const { fields } = await studio.ask("/fields");
  if (!fields.some((field) => field.name === "sd_upscale")) return t.skip("this studio has no SD upscale");
  const page = await openRoom("Redraw");
  const count = await countPictures(studio);
  await page.getByText("Enlarge and redraw in tiles", { exact: true }).click();
  await page.getByRole("switch", { name: "SD upscale" }).click();
  await page.getByRole("combobox", { name: "Upscaler", exact: true }).selectOption("Lanczos");
  for (const [name, value] of [["Width", 128], ["Height", 128], ["Overlap of the tiles", 32], ["Denoising strength", 0.3]]) {
    await knob(page, name).fill(String(value));
    await knob(page, name).press("Enter");
  }
  await paint(page);
  const made = await newestPicture(studio, count);
  assert.deepEqual([made.width, made.height], [256, 256]);
  assert.match(made.infotext, /SD upscale upscaler: Lanczos/);
  await leave(page, "redraw-tiles");
});

test("what is drawn survives another room, a reload and many steps of undo", async (t) => {
  if (!isOffered) return t.skip("this studio cannot redraw");
  const page = await openRoom();
  const seen = () => canvas(page).evaluate((element) => element.toDataURL());
  await page.waitForTimeout(200);
  const bare = await seen();
  await draw(page, [[0.4, 0.4], [0.6, 0.6]]);
  await draw(page, [[0.6, 0.4], [0.4, 0.6]]);
  await page.mouse.move(5, 5);
  await until(async () => (await seen()) !== bare);
  await page.waitForTimeout(200);
  const drawn = await seen();
  await page.getByRole("link", { name: "Models" }).click();
  await page.getByRole("link", { name: "Redraw" }).click();
  await canvas(page).waitFor();
  await until(async () => (await seen()) === drawn);
  for (const _ of [1, 2]) await page.keyboard.press("Control+z");
  await until(async () => (await seen()) === bare);
  for (const _ of [1, 2]) await page.keyboard.press("Control+y");
  await until(async () => (await seen()) === drawn);
  await page.waitForTimeout(300);
  await page.reload();
  await canvas(page).waitFor();
  await until(async () => (await seen()) === drawn);
  await leave(page, "redraw-kept");
});

test("a finished picture is enlarged by the second pass", async (t) => {
  const { fields } = await studio.ask("/fields");
  if (!fields.some((field) => field.name === "enable_hr")) return t.skip("this studio has no hires fix");
  const page = await visit(browser, studio);
  await page.getByRole("button", { name: /^Picture: 1girl, smile/ }).last().click();
  const count = await countPictures(studio);
  await page.getByRole("button", { name: "Hires this one" }).click();
  const made = await newestPicture(studio, count);
  // The built-in model is small: half as large again, and close to the picture.
  assert.deepEqual([made.width, made.height], [192, 192]);
  assert.match(made.infotext, /Denoising strength: 0\.35.*Hires upscale: 1\.5.*Hires upscaler: Lanczos/);
  await leave(page, "hires-this-one");
});

test("hires from a finished picture goes by what is set in Create", async () => {
  const page = await visit(browser, studio);
  await page.getByText("Hires fix", { exact: true }).click();
  await page.getByRole("switch", { name: /^Enlarge and go over/ }).click();
  const upscaler = page.getByRole("combobox", { name: "Upscaler", exact: true });
  const names = await upscaler.locator("option").allInnerTexts();
  assert.ok(names.includes("Latent (nearest-exact)") && names.includes("Lanczos"), names.join());
  assert.deepEqual([await upscaler.inputValue(), await knob(page, "Denoising strength").inputValue()], [String(names.indexOf("Lanczos")), "0.35"]);
  await upscaler.selectOption("Nearest");
  await knob(page, "Times as large").fill("2");
  await knob(page, "Times as large").press("Enter");
  const count = await countPictures(studio);
  await page.goto(`${studio.address}/#/gallery?id=${picture.id}`);
  await page.getByRole("button", { name: /^Hires this one/ }).click();
  const made = await newestPicture(studio, count);
  assert.deepEqual([made.width, made.height, made.seed, made.prompt], [256, 256, 3, "1girl, smile"]);
  assert.match(made.infotext, /Hires upscale: 2.*Hires upscaler: Nearest/);
  await leave(page, "hires-gallery");
});

test("a picture is enlarged and laid over what it was", async () => {
  const page = await visit(browser, studio);
  await sendFromGallery(page, studio, picture, "Upscale");
  const count = await countPictures(studio);
  await page.getByRole("combobox", { name: "Upscaler", exact: true }).selectOption({ label: "Lanczos" });
  await page.getByText("128 × 128 → 256 × 256").waitFor();
  await page.getByRole("button", { name: "Enlarge", exact: true }).click();
  const made = await newestPicture(studio, count);
  assert.deepEqual([made.width, made.height, made.prompt], [256, 256, "1girl, smile"]);
  const divide = page.getByRole("slider", { name: "Where the pictures meet" });
  await divide.waitFor();
  await divide.press("ArrowRight");
  await page.getByRole("button", { name: "Use the result as the next picture" }).click();
  await page.getByText("256 × 256 → 512 × 512").waitFor();
  await leave(page, "upscaled");
});
