import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take half a minute and more, which the size of a file does not tell: begun last, they would be waited for alone. */
const LONG = /\/test\/(?:build\/agents|hosts\/(?:faults|cuts|validators|confirm))\.test\.ts$/;

/** As usual, but for files that are known to take long: they come first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line no-array-sort -- A method of the sequencer.
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
