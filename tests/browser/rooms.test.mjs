import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Studio, desktop, enter, laptop, leave, openBrowser, phone, until, visit } from "./studio.mjs";
import { paint, promptBox, setSmall } from "./create.mjs";

const rooms = ["create", "redraw", "gallery", "png-info", "models", "merge", "settings", "help"];

let browser, studio;
before(async () => {
  studio = await Studio.start();
  browser = await openBrowser();
  for (const prompt of ["a red castle", "a blue fish", "青い空と海"]) await studio.paint({ prompt });
});
after(async () => {
  await browser?.close();
  await studio?.stop();
});

test("the gallery finds pictures by their words", async () => {
  const page = await visit(browser, studio, { path: "/#/gallery" });
  await page.getByText("3 pictures").waitFor();
  for (const [words, found] of [["fish", "Picture: a blue fish"], ["青い", "Picture: 青い空と海"]]) {
    await page.getByRole("searchbox", { name: "Search the pictures" }).fill(words);
    await page.getByLabel(found, { exact: true }).first().waitFor();
    await page.getByText("1 picture", { exact: true }).waitFor();
    assert.equal(await page.getByLabel(/^Picture: /).count(), 1);
  }
  await leave(page, "gallery-search");
});

test("a picture deleted in the large view is taken back there", async () => {
  const page = await visit(browser, studio, { path: "/#/gallery" });
  await page.getByLabel("Picture: a blue fish", { exact: true }).first().click();
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Delete");
  await until(async () => (await studio.ask("/pictures")).total === 2);
  await page.getByRole("dialog").getByRole("button", { name: "Undo" }).click();
  await until(async () => (await studio.ask("/pictures")).total === 3);
  await leave(page, "taken-back");
});

test("the page speaks Japanese to those who do", async () => {
  const page = await visit(browser, studio, { locale: "ja-JP" });
  assert.equal(await page.locator("html").getAttribute("lang"), "ja");
  await page.getByRole("textbox", { name: "プロンプト", exact: true }).waitFor();
  for (const room of rooms) {
    await enter(page, studio, room);
    const text = await page.locator("body").innerText();
    assert.match(text, /[ぁ-ん]/, `${room} has no Japanese`);
  }
  await leave(page, "japanese");
});

test("a phone's narrow screen needs no sideways scrolling", async () => {
  for (const locale of ["ja-JP", "en-US"]) {
    const page = await visit(browser, studio, { viewport: phone, locale });
    for (const room of rooms) {
      await enter(page, studio, room);
      const { wide, screen } = await page.evaluate(() => ({
        wide: document.documentElement.scrollWidth,
        screen: window.innerWidth,
      }));
      assert.ok(wide <= screen, `${room} (${locale}) is ${wide} pixels wide on a screen of ${screen}`);
    }
    await leave(page, `phone-${locale}`);
  }
});

test("a picture is made on a phone", async () => {
  const page = await visit(browser, studio, { viewport: phone });
  await promptBox(page).fill("a small boat");
  await setSmall(page);
  await paint(page);
  await page.getByRole("img", { name: /a small boat/ }).first().waitFor();
  assert.equal((await studio.ask("/pictures?text=boat")).total, 1);
  await leave(page, "phone-picture");
});

test("no text is cut off in any room, language or width", async () => {
  for (const viewport of [desktop, laptop, phone]) {
    for (const locale of ["ja-JP", "en-US"]) {
      const page = await visit(browser, studio, { viewport, locale });
      for (const room of rooms) {
        await enter(page, studio, room);
        const cut = await page.evaluate(() =>
          [...document.querySelectorAll("button, label, h1, h2, h3, legend, summary, nav a")]
            .filter((element) => element.checkVisibility() && element.innerText?.trim() !== "")
            .filter((element) => getComputedStyle(element).overflowX === "hidden")
            .filter((element) => element.scrollWidth > element.clientWidth + 1)
            .map((element) => element.innerText.trim()),
        );
        assert.deepEqual(cut, [], `${room}, ${locale}, ${viewport.width} wide`);
      }
      await leave(page, `rooms-${viewport.width}-${locale}`);
    }
  }
});

test("the server's death and return is told and survived", async () => {
  const page = await visit(browser, studio);
  await promptBox(page).fill("still here");
  await setSmall(page);
  await studio.killAndRestart();
  await paint(page);
  await until(async () => (await studio.ask("/pictures?text=still")).total === 1);
  await page.getByRole("img", { name: /still here/ }).first().waitFor();
  page.complaints.length = 0; // the broken connections, which the browser logs
  await leave(page, "restarted");
});
