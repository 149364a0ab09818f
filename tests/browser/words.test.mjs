import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Studio, leave, openBrowser, visit } from "./studio.mjs";
import { paint, promptBox, resultPictures, setSmall, showPanel } from "./create.mjs";

/** A safetensors file with one LoRA for the first convolution of the embedded model. */
function writeLora(file, name) {
  const tensors = {
    "lora_unet_conv_in.lora_down.weight": [1, 4, 3, 3],
    "lora_unet_conv_in.lora_up.weight": [64, 1, 1, 1],
  };
  const header = { __metadata__: { ss_output_name: name, ss_tag_frequency: JSON.stringify({ a: { "ink wash": 9 } }) } };
  let end = 0;
  for (const [key, shape] of Object.entries(tensors)) {
    const bytes = 4 * shape.reduce((product, side) => product * side, 1);
    header[key] = { dtype: "F32", shape, data_offsets: [end, end + bytes] };
    end += bytes;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const numbers = new Float32Array(end / 4).map((_, index) => Math.sin(index) / 4);
  writeFileSync(file, Buffer.concat([length, text, Buffer.from(numbers.buffer)]));
}

let browser, studio;
before(async () => {
  const prepare = (folder) => {
    mkdirSync(join(folder, "models/Lora"), { recursive: true });
    writeLora(join(folder, "models/Lora/ink.safetensors"), "ink");
  };
  studio = await Studio.start({ prepare });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await studio?.stop();
});

for (const typed of ["えがお", "笑顔", "egao", "smi"]) {
  test(`${typed} offers smile`, async () => {
    const page = await visit(browser, studio, { locale: "ja-JP" });
    const box = page.getByRole("textbox", { name: "プロンプト", exact: true });
    await box.pressSequentially(`1girl, ${typed}`);
    const offer = page.getByRole("option", { name: /smile/ }).first();
    await offer.waitFor();
    await offer.click();
    assert.match(await box.inputValue(), /^1girl, [a-z ]*smile\b/);
    await leave(page, `completion-${typed}`);
  });
}

test("Ctrl and an arrow change a word's weight", async () => {
  const page = await visit(browser, studio);
  await promptBox(page).fill("1girl, smile");
  await promptBox(page).press("Control+ArrowUp");
  assert.equal(await promptBox(page).inputValue(), "1girl, (smile:1.1)");
  await promptBox(page).press("Control+ArrowDown");
  assert.equal(await promptBox(page).inputValue(), "1girl, smile");
  await leave(page, "weight");
});

test("a click on a LoRA's card uses it, another one takes it away", async () => {
  const page = await visit(browser, studio);
  await promptBox(page).fill("1girl");
  await setSmall(page);
  await showPanel(page, "Adapters");
  const card = page.getByRole("button", { name: /^ink LoRA/ });
  await card.click();
  assert.match(await promptBox(page).inputValue(), /^1girl.*<lora:ink:1>/);
  await paint(page);
  await resultPictures(page).first().waitFor();
  const [picture] = (await studio.ask("/pictures")).pictures;
  assert.deepEqual(picture.adapters, ["ink"]);
  assert.match(picture.infotext, /Lora hashes: "ink: [0-9a-f]{12}"/);
  await card.click();
  assert.doesNotMatch(await promptBox(page).inputValue(), /lora/);
  await leave(page, "lora-card");
});
