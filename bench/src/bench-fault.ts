/** What a benchmark found that its reader has to know, as a sentence: no place in the code tells more. */
export class BenchFault extends Error {
  constructor(sentence: string) {
    super(sentence);
    this.name = 'BenchFault';
  }
}
