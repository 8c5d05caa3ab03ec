import { Document, isCollection, visit } from 'yaml';

/** A collection that is no longer than this as JSON stands on one line. */
const LINE_MAX = 76;

/** Plain values as the YAML documents of one file, in the form in which people write them: what is short on one line. */
export function documentsText(values: readonly unknown[]): string {
  return values.map(documentText).join('---\n');
}

function documentText(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Collection: (_, node, path) => {
      if (path.length > 1 && isCollection(node)) {
        node.flow = JSON.stringify(node.toJSON()).length <= LINE_MAX;
      }
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
