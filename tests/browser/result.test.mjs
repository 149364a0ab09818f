import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Studio, leave, openBrowser, phone, until, visit } from "./studio.mjs";
import { knob, paint, promptBox } from "./create.mjs";
import { canvas, countPictures, draw, newestPicture, pixels, sendFromGallery } from "./redraw.mjs";

let browser, studio, picture;
before(async () => {
  studio = await Studio.start();
  browser = await openBrowser();
  picture = await studio.paint({ prompt: "1girl, smile", width: 128, height: 128, seed: 3 });
});
after(async () => {
  await browser?.close();
  await studio?.stop();
});

async function openRoom(to, options) {
  const page = await visit(browser, studio, options);
  await sendFromGallery(page, studio, picture, to);
  await canvas(page).waitFor();
  await until(async () => (await promptBox(page).inputValue()) === "1girl, smile");
  await knob(page, "Steps").fill("2");
  await knob(page, "Steps").press("Enter");
  return page;
}

const result = (page) => page.getByRole("region", { name: "Results" });
const shownIn = (page, made) => result(page).locator(`img[src*="pictures/${made.id}/"]`);

test("a result is shown large, laid over what it was, and gone on with", async () => {
  const page = await openRoom("Inpaint");
  const count = await countPictures(studio);
  await draw(page, [[0.5, 0.45], [0.5, 0.55]]);
  await paint(page);
  const made = await newestPicture(studio, count);
  await shownIn(page, made).waitFor();
  const [place, seen] = [await canvas(page).boundingBox(), await shownIn(page, made).boundingBox()];
  assert.ok(seen.width > place.width * 0.8 && seen.height > place.height * 0.8, "the result is small");

  await page.keyboard.press("Control+z");
  await page.getByRole("button", { name: "Compare with before" }).click();
  const divide = page.getByRole("slider", { name: "Where the pictures meet" });
  await divide.press("ArrowRight");
  const [line, held] = [await divide.boundingBox(), await result(page).boundingBox()];
  assert.ok(line.height > held.height * 0.6, "the pictures to compare are small");

  await page.getByRole("button", { name: "Back to drawing" }).click();
  await result(page).waitFor({ state: "detached" });
  assert.ok(await page.getByRole("button", { name: "Redo (Ctrl+Y)" }).isDisabled(), "keys reached the covered drawing");

  await page.getByRole("button", { name: /^Picture: / }).first().click();
  await page.getByRole("button", { name: "Go on with this" }).click();
  await page.getByText("There is another picture now.").waitFor();
  await result(page).waitFor({ state: "detached" });
  await leave(page, "result");
});

test("a result is fed back so many times", async () => {
  const page = await openRoom("Redraw");
  const count = await countPictures(studio);
  await page.getByText("Loopback", { exact: true }).click();
  await page.getByRole("switch", { name: "Redraw the result again" }).click();
  await knob(page, "Loops").fill("3");
  await knob(page, "Loops").press("Enter");
  await page.getByRole("combobox", { name: "Way there" }).selectOption({ label: "Late" });
  const asked = page.waitForRequest((request) => request.method() === "POST" && /\/jobs$/.test(request.url()));
  await paint(page);
  const { request } = (await asked).postDataJSON();
  assert.deepEqual(request.loopback, { loops: 3, final_strength: 0.5, curve: "Lazy" });
  await until(async () => (await countPictures(studio)) === count + 3);
  const { pictures } = await studio.ask("/pictures?order=newest&limit=3");
  const [last, , first] = pictures.map(({ seed }) => seed);
  assert.equal(last, first + 2);
  assert.match(pictures[0].infotext, /Denoising strength: 0\.5/);
  await leave(page, "result-loopback");
});

test("a picture of the gallery is saved with its mosaic, and its words stay", async () => {
  const page = await openRoom("Redraw");
  await page.getByRole("button", { name: "Sketch", exact: true }).click();
  const save = page.getByRole("button", { name: "Save with mosaic" });
  assert.equal(await save.count(), 0);
  await page.getByRole("button", { name: /^Mosaic/ }).click();
  await page.getByLabel("Block size").fill("8");
  await draw(page, [[0.5, 0.4], [0.5, 0.6]]);
  const count = await countPictures(studio);
  await save.click();
  const made = await newestPicture(studio, count);
  assert.deepEqual([made.prompt, made.seed, made.width], ["1girl, smile", 3, 128]);
  const [was, is] = [await pixels(page, picture), await pixels(page, made)];
  const at = (list, x, y) => String(list.slice((y * 128 + x) * 4, (y * 128 + x) * 4 + 3));
  assert.equal(at(is, 4, 4), at(was, 4, 4));
  const block = [...Array(64)].map((_, i) => at(is, 64 + (i % 8), 64 + Math.floor(i / 8)));
  assert.deepEqual(new Set(block).size, 1);
  await page.keyboard.press("Control+z");
  await save.waitFor({ state: "detached" });
  await leave(page, "result-mosaic");
});

test("a file brings its own words where nothing was written", async () => {
  const page = await visit(browser, studio, { path: "/#/redraw" });
  const file = join(studio.folder, "outputs", picture.file);
  const choose = async (button) => {
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: button }).click();
    await (await chooser).setFiles(file);
  };
  await choose("Choose a file");
  await until(async () => (await promptBox(page).inputValue()) === "1girl, smile");
  await promptBox(page).fill("sky");
  await choose("Another picture");
  await page.getByText("There is another picture now.").waitFor();
  assert.equal(await promptBox(page).inputValue(), "sky");
  await leave(page, "result-file");
});

test("without the files that restore faces, the page says which belong where", async () => {
  const page = await visit(browser, studio);
  await sendFromGallery(page, studio, picture, "Upscale");
  await page.getByText("Faces", { exact: true }).click();
  await page.getByText("models/Codeformer/codeformer-v0.1.0.pth").waitFor();
  for (const name of ["CodeFormer", "GFPGAN"]) assert.ok(await page.getByRole("slider", { name }).isDisabled(), name);
  await leave(page, "faces-missing");
});

test("a request that is refused leaves the drawing in view", async () => {
  const page = await openRoom("Redraw", { viewport: phone });
  await page.getByText("More about redrawing", { exact: true }).click();
  await page.getByRole("textbox", { name: "Upscaler for img2img" }).fill("no such upscaler");
  await page.getByRole("textbox", { name: "Upscaler for img2img" }).press("Enter");
  await page.getByRole("switch", { name: /^Size as the picture/ }).click();
  await paint(page);
  await page.getByText(/no such upscaler/).first().waitFor();
  await result(page).waitFor({ state: "detached" });
  page.complaints = page.complaints.filter((line) => !/40\d/.test(line)); // the browser's own line about the refusal
  await leave(page, "result-refused");
});
