// Reads citation files with citation-js and prints what came out: of each file its entries, and each of them in APA.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(`${process.cwd()}/`);
const { Cite } = require("@citation-js/core");
for (const plugin of ["csl", "bibtex", "ris"]) require(`@citation-js/plugin-${plugin}`);

const read = (text) => {
  const cite = new Cite(text);
  return cite.data.map(({ _graph, ...item }) => ({
    ...item,
    apa: new Cite([{ _graph, ...item }]).format("bibliography", { template: "apa" }).trim(),
    bibtex: new Cite([{ _graph, ...item }]).format("bibtex").trim(),
  }));
};
const files = process.argv.slice(2);
console.log(JSON.stringify(Object.fromEntries(files.map((file) => [file, read(readFileSync(file, "utf8"))]))));
