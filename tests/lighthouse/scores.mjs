// Prints the score of each category of a Lighthouse report, followed by its failed audits.
import { readFileSync } from "node:fs";

const report = JSON.parse(readFileSync(process.argv[2], "utf8"));
if (report.runtimeError) throw new Error(report.runtimeError.message);
for (const { id, score, auditRefs } of Object.values(report.categories)) {
  console.log(id, score === null ? "null" : Math.floor(score * 100));
  for (const { id: audit, weight } of auditRefs) {
    const { score, title, displayValue } = report.audits[audit];
    const counts = weight > 0 && score !== null && score < 0.9;
    if (counts) console.log(`    ${title}${displayValue ? `: ${displayValue}` : ""} (${score})`);
  }
}
