import type { FieldPath } from '@strata/yaml-file';
import type { InputDocument, MapDocument, PartDocument } from './document-schema.ts';
import type { MapSource } from './problem-texts.ts';

/** What the checks of a part look at, and where they put what they find. */
export interface PartCheck {
  readonly document: MapDocument;
  readonly part: PartDocument;
  readonly path: FieldPath;
  readonly input: InputDocument | undefined;
  readonly add: (
    key: Parameters<MapSource['problem']>[0],
    path: FieldPath,
    args?: Readonly<Record<string, string>>,
  ) => void;
}
