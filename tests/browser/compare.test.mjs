import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Studio, laptop, leave, openBrowser, phone, until, visit } from "./studio.mjs";

let browser, studio;
before(async () => {
  studio = await Studio.start();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await studio?.stop();
});

/** Opens the room with small pictures set in Create. */
async function openRoom(options = {}) {
  const page = await visit(browser, studio, options);
  const isJapanese = options.locale === "ja-JP";
  const [steps, width, height] = isJapanese ? ["ステップ数", "幅", "高さ"] : ["Steps", "Width", "Height"];
  for (const [name, value] of [[steps, "2"], [width, "64"], [height, "64"]]) {
    const box = page.getByRole("spinbutton", { name, exact: true });
    await box.fill(value);
    await box.press("Enter");
  }
  await page.getByRole("textbox", { name: isJapanese ? "プロンプト" : "Prompt", exact: true }).fill("1girl, red hair");
  await page.evaluate(() => (location.hash = "#/compare"));
  await page.getByRole("combobox", { name: isJapanese ? "X軸" : "X axis" }).waitFor();
  return page;
}

/** Finds an axis by what is typed and takes the first one. */
async function choose(page, axis, text) {
  const box = page.getByRole("combobox", { name: axis });
  await box.click();
  await box.fill(text);
  await page.getByRole("option").first().waitFor();
  await box.press("Enter");
}

const start = (page) => page.getByRole("button", { name: "Compare", exact: true });
const jobs = async () => (await studio.ask("/jobs?state=done&limit=5")).jobs.filter((job) => job.kind === "compare");

test("two axes are chosen, counted, made and shown side by side", async () => {
  const page = await openRoom();
  await page.getByText("Choose what to vary.").waitFor();
  assert.ok(await start(page).isDisabled());
  await choose(page, "X axis", "steps");
  await page.getByRole("textbox", { name: "Values of Steps" }).fill("1-3 (+1)");
  await page.getByText("3 pictures").waitFor();
  await choose(page, "Y axis", "sampler");
  for (const name of ["Euler", "LMS"]) await page.getByRole("button", { name, exact: true }).click();
  await page.getByText("6 pictures").waitFor();
  await start(page).click();
  await until(async () => (await jobs()).length === 1);
  const [job] = await jobs();
  assert.equal(job.pictures_done, 7);
  await page.getByRole("columnheader", { name: "Steps: 3" }).waitFor();
  await page.getByRole("rowheader", { name: "LMS" }).waitFor();
  const cells = page.getByRole("button", { name: /^Open: / });
  await until(async () => (await cells.count()) === 6);
  await page.getByText(/about \d+ s/).waitFor(); // known since the pictures were made
  await leave(page, "compared");
});

test("a cell opens its picture, and the grid is one, too", async () => {
  const page = await openRoom();
  await page.getByRole("button", { name: "Open: Steps: 2, Sampler: LMS" }).click();
  await page.getByRole("dialog").getByText("Steps: 2").first().waitFor().catch(() => {});
  const [job] = await jobs();
  const sheet = await studio.ask(`/comparisons/${job.id}`);
  const large = page.getByRole("dialog").getByRole("img").first();
  assert.match(await large.getAttribute("src"), new RegExp(`pictures/${sheet.cells[4].pictures[0]}/file`));
  await page.getByRole("button", { name: /Next/ }).click();
  await until(async () => (await large.getAttribute("src")).includes(`pictures/${sheet.cells[5].pictures[0]}/`));
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Grid as a picture" }).click();
  await until(async () => (await large.getAttribute("src")).includes(`pictures/${sheet.grids[0]}/`));
  await leave(page, "compare-grid");
});

test("values that cannot be read are said where they stand", async () => {
  const page = await openRoom();
  await choose(page, "X axis", "cfg scale");
  await page.getByRole("textbox", { name: "Values of CFG Scale" }).fill("5, many");
  await page.getByRole("alert").getByText(/many/).waitFor();
  await page.getByRole("status").getByText(/^X – .*many/).waitFor(); // where it is seen however far the boxes are
  assert.ok(await start(page).isDisabled());
  await page.getByRole("textbox", { name: "Values of CFG Scale" }).fill("5-7 (+1)");
  await page.getByText("5, 6, 7", { exact: true }).waitFor();
  await leave(page, "compare-wrong");
});

test("a prompt matrix and a list of prompts are made in the same room", async () => {
  const page = await openRoom();
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("1girl | smile | hat");
  await page.getByRole("tab", { name: "Matrix" }).click();
  await page.getByText("4 pictures").waitFor();
  await start(page).click();
  await until(async () => (await jobs()).length === 2);
  await until(async () => (await page.locator("th s").count()) > 0); // what a picture does not have is struck out
  await page.getByRole("tab", { name: "Prompt list" }).click();
  await page.getByRole("textbox", { name: "Prompts" }).fill("a cat\n--prompt a dog --steps 1\n");
  await page.getByText("2 pictures").waitFor();
  await start(page).click();
  await until(async () => (await jobs()).length === 3);
  const { pictures } = await studio.ask("/pictures?text=dog");
  assert.equal(pictures[0].steps, 1);
  await leave(page, "compare-lines");
});

test("a picture of the gallery is compared by its own settings", async () => {
  const picture = await studio.paint({ prompt: "a lighthouse", seed: 11, steps: 3 });
  const page = await visit(browser, studio, { path: `/#/gallery?id=${picture.id}` });
  await page.getByRole("button", { name: /Compare values/ }).click();
  await page.getByText("a lighthouse").waitFor();
  await page.getByRole("button", { name: "Use Create’s settings" }).waitFor();
  await leave(page, "compare-sent");
});

test("chosen pictures are saved and come as a zip", async () => {
  const page = await visit(browser, studio, { path: "/#/gallery" });
  await page.getByRole("button", { name: "Select", exact: true }).nth(1).click(); // the mark of the first tile
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved a copy in log/images.").waitFor();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Zip", exact: true }).click();
  assert.match((await download).suggestedFilename(), /\.zip$/);
  await leave(page, "saved");
});

// For the eye: FUDE_SCREENSHOTS keeps them.
for (const [name, viewport] of [["phone", phone], ["laptop", laptop], ["wide", { width: 1600, height: 1000 }]])
  for (const locale of ["en-US", "ja-JP"])
    test(`the room fits ${name} in ${locale}`, async () => {
      const page = await openRoom({ viewport, locale });
      const isJapanese = locale === "ja-JP";
      await choose(page, isJapanese ? "X軸" : "X axis", "steps");
      await page.getByRole("textbox", { name: /Steps/ }).last().fill("10-30 (+10)");
      await choose(page, isJapanese ? "Y軸" : "Y axis", "sampler");
      await page.getByText(isJapanese ? /枚$/ : /\d pictures/).first().waitFor().catch(() => {});
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wider <= 0, `the page is ${wider} pixels wider than the window`);
      await leave(page, `compare-${name}-${locale}`);
    });

test("the size told beforehand is the grid's, of the model's own size and enlarged", async () => {
  const order = (request) => ({
    script: "plot",
    request: { prompt: "a hill", steps: 1, width: 0, height: 0, seed: 1, ...request },
    axes: { x: { axis: "Steps", values: "1,2" }, y: { axis: "CFG Scale", values: "5" } },
  });
  for (const request of [{}, { enable_hr: true, hr_scale: 1.5, denoising_strength: 0.5 }]) {
    const told = (await studio.ask("/comparison-outline", { method: "POST", body: order(request) })).grid;
    const { id } = await studio.ask("/comparisons", { method: "POST", body: order(request) });
    await until(async () => (await studio.ask(`/jobs/${id}`)).state === "done");
    const { grids } = await studio.ask(`/comparisons/${id}`);
    const { width, height } = await studio.ask(`/pictures/${grids[0]}`);
    assert.deepEqual({ width, height }, told);
  }
});
