import type { CustomerState, Hash64 } from '@strata/domain';

import type { CustomerSection } from './customer-section.ts';

/** A customer as its own value holds it: what lies in pages is missing from the ledger, and the pages are named. */
export interface PagedState extends CustomerState {
  /** In their order; absent where the value holds everything. */
  readonly pages?: readonly Hash64[];
}

/** The names of the pages that belong to this value. */
export const pagesSection: CustomerSection = {
  id: 50,
  isEmpty: (state: PagedState) => state.pages === undefined,
  write(writer, { pages = [] }: PagedState) {
    writer.unsigned(pages.length);
    for (const page of pages) writer.hash(page);
  },
  read(reader, state): PagedState {
    const pages: Hash64[] = [];
    for (let left = reader.count(); left > 0; left--) pages.push(reader.hash());
    return { ...state, pages };
  },
};
