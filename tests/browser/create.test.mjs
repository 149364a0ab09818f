import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Studio, leave, openBrowser, until, visit } from "./studio.mjs";
import { knob, paint, promptBox, queueRows, resultPictures, setSmall, showPanel } from "./create.mjs";

let browser, studio;
before(async () => {
  studio = await Studio.start();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await studio?.stop();
});

test("typed words become the first picture", async () => {
  const page = await visit(browser, studio);
  await promptBox(page).fill("1girl, smile, blue hair");
  await setSmall(page);
  await knob(page, "Seed").fill("7");
  await paint(page);
  await resultPictures(page).first().waitFor();
  const large = page.getByRole("img", { name: /1girl, smile, blue hair/ }).first();
  await large.waitFor();
  assert.deepEqual(await large.evaluate((image) => [image.naturalWidth, image.naturalHeight]), [64, 64]);
  const { pictures } = await studio.ask("/pictures");
  assert.equal(pictures[0].seed, 7);
  assert.equal(pictures[0].prompt, "1girl, smile, blue hair");
  await leave(page, "first-picture");
});

test("jobs can be added, moved and cancelled while one runs", async () => {
  const page = await visit(browser, studio);
  await setSmall(page, { steps: 100, side: 256 });
  await promptBox(page).fill("a long one");
  await paint(page);
  await page.getByRole("button", { name: "Interrupt", exact: true }).waitFor();
  await setSmall(page);
  for (const words of ["one", "two", "three"]) {
    await promptBox(page).fill(words);
    await page.getByRole("button", { name: "Add to queue" }).click();
  }
  await showPanel(page, "Queue");
  const waiting = async () => (await studio.ask("/jobs?state=waiting")).jobs.map((job) => job.request.prompt);
  await queueRows(page, "three").first().waitFor();
  assert.deepEqual(await waiting(), ["one", "two", "three"]);
  await queueRows(page, "three").getByRole("button", { name: "Earlier" }).click();
  await until(async () => (await waiting()).join() === "one,three,two");
  await queueRows(page, "one").getByRole("button", { name: "Later" }).click();
  await until(async () => (await waiting()).join() === "three,one,two");
  await queueRows(page, "one").getByRole("button", { name: "Cancel" }).click();
  await until(async () => (await waiting()).join() === "three,two");
  await page.getByRole("button", { name: "Interrupt", exact: true }).click();
  const made = async () => (await studio.ask("/pictures?order=newest")).pictures.map((picture) => picture.prompt);
  await until(async () => (await made())[0] === "two");
  assert.equal((await made())[1], "three");
  assert.ok(!(await made()).includes("one"));
  await leave(page, "queue-edited");
});

test("generating forever takes the settings as they are then, in any room, until it is switched off", async () => {
  const page = await visit(browser, studio);
  await setSmall(page, { steps: 1 });
  await promptBox(page).fill("forever one");
  await page.getByRole("button", { name: /^Generate forever/ }).click();
  const total = async (text) => (await studio.ask(`/pictures?text=${text}`)).total;
  await until(async () => (await total("forever")) >= 2);
  await promptBox(page).fill("forever changed");
  await until(async () => (await total("changed")) >= 1);
  await page.getByRole("link", { name: "Gallery" }).click();
  const before = await total("changed");
  await until(async () => (await total("changed")) >= before + 2);
  await page.getByRole("link", { name: "Create" }).click();
  await page.getByRole("button", { name: /^Generate forever/, pressed: true }).click();
  await until(async () => (await studio.ask("/jobs?state=waiting,running")).total === 0);
  const at = await total("forever");
  await page.waitForTimeout(1000);
  assert.equal(await total("forever"), at);
  const seeds = (await studio.ask("/pictures?text=forever")).pictures.map((picture) => picture.seed);
  assert.equal(new Set(seeds).size, seeds.length);
  await leave(page, "forever");
});

test("skip goes on with the next batch, interrupt ends the job and keeps what is done", async () => {
  const page = await visit(browser, studio);
  await setSmall(page, { steps: 60, side: 192 });
  await knob(page, "Batch count").fill("4");
  await knob(page, "Batch count").press("Enter");
  await promptBox(page).fill("four of them");
  await paint(page);
  await page.getByRole("button", { name: /^Skip:/ }).click();
  const made = async () => (await studio.ask("/pictures?text=four")).total;
  await until(async () => (await made()) >= 1);
  await page.getByRole("button", { name: /^Interrupt/ }).click();
  await until(async () => (await studio.ask("/jobs?state=waiting,running")).total === 0);
  const [job] = (await studio.ask("/jobs?state=done")).jobs;
  assert.deepEqual([job.state, job.was_interrupted, job.request.prompt], ["done", true, "four of them"]);
  assert.ok(job.pictures.length >= 1 && job.pictures.length < 4, `${job.pictures.length} pictures`);
  await leave(page, "interrupted");
});

test("a variation is kept with its seed and strength", async () => {
  const page = await visit(browser, studio);
  await setSmall(page);
  await promptBox(page).fill("a variation");
  await knob(page, "Seed").fill("7");
  await page.getByText("Variation", { exact: true }).click();
  await knob(page, "Strength").fill("0.25");
  await knob(page, "Strength").press("Enter");
  await knob(page, "Variation seed").fill("9");
  await knob(page, "Variation seed").press("Enter");
  await paint(page);
  await until(async () => (await studio.ask("/pictures?text=variation")).total === 1);
  const [picture] = (await studio.ask("/pictures?text=variation")).pictures;
  assert.match(picture.infotext, /Seed: 7,.*Variation seed: 9, Variation seed strength: 0\.25/);
  await leave(page, "variation");
});

test("a reload in the middle of a picture loses nothing", async () => {
  const page = await visit(browser, studio);
  await promptBox(page).fill("a lighthouse, night sky");
  await setSmall(page, { steps: 90, side: 256 });
  await paint(page);
  await page.getByRole("progressbar").first().waitFor();
  await page.reload();
  assert.equal(await promptBox(page).inputValue(), "a lighthouse, night sky");
  assert.equal(await knob(page, "Steps").inputValue(), "90");
  await page.getByRole("progressbar").first().waitFor();
  await until(async () => (await studio.ask("/pictures?text=lighthouse")).total === 1);
  await page.getByRole("img", { name: /lighthouse/ }).first().waitFor();
  await leave(page, "reloaded");
});

test("a picture's settings come back when it is dropped into the page", async () => {
  const picture = await studio.paint({ prompt: "a red castle", seed: "9007199254740993", steps: 3, cfg_scale: 5.5 });
  const bytes = await (await fetch(`${studio.address}/api/v1/pictures/${picture.id}/file`)).arrayBuffer();
  const page = await visit(browser, studio);
  await drop(page, Buffer.from(bytes), "castle.png");
  await page.getByRole("button", { name: "Take over the settings" }).click();
  await until(async () => (await promptBox(page).inputValue()) === "a red castle");
  assert.equal(await knob(page, "Seed").inputValue(), "9007199254740993"); // one more digit than a double holds
  assert.equal(await knob(page, "Steps").inputValue(), "3");
  assert.equal(await knob(page, "CFG").inputValue(), "5.5");
  await paint(page);
  await until(async () => (await studio.ask("/pictures?text=castle")).total === 2);
  const [again] = (await studio.ask("/pictures?text=castle")).pictures;
  assert.equal(again.infotext, picture.infotext);
  await leave(page, "dropped");
});

test("an error says what is wrong and where", async () => {
  const page = await visit(browser, studio);
  await setSmall(page);
  await promptBox(page).fill("1girl, <lora:nowhere-to-be-found:1>");
  await paint(page);
  await page.getByText(/nowhere-to-be-found/).last().waitFor();
  await page.getByText(/warning|left out|without|missing|not found|no LoRA/i).first().waitFor();
  await leave(page, "error");
});

test("the server's words are Japanese on a Japanese page, and free of paths", async () => {
  const page = await visit(browser, studio, { locale: "ja-JP" });
  const box = page.getByRole("textbox", { name: "プロンプト", exact: true });
  for (const name of ["ステップ数", "幅", "高さ"]) {
    await page.getByRole("spinbutton", { name, exact: true }).fill(name === "ステップ数" ? "2" : "64");
    await page.getByRole("spinbutton", { name, exact: true }).press("Enter");
  }
  await box.fill("1girl, <lora:どこにもない:1>");
  await page.getByRole("button", { name: /^(生成|キューに追加)$/ }).click();
  const toast = page.getByText(/LoRA「どこにもない」が「models\/Lora」に見つかりません/).last();
  await toast.waitFor();
  assert.ok(!(await page.locator("body").innerText()).includes(studio.folder));
  await leave(page, "japanese-warning");
});

/** Drops a file onto the page, as from a file manager. */
async function drop(page, bytes, name) {
  const transfer = await page.evaluateHandle(
    ({ base64, name }) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], name, { type: "image/png" }));
      return transfer;
    },
    { base64: bytes.toString("base64"), name },
  );
  const target = promptBox(page);
  for (const type of ["dragenter", "dragover", "drop"]) await target.dispatchEvent(type, { dataTransfer: transfer });
}
