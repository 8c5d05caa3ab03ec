interface BlockText {
  readonly title: string;
  readonly about: string;
  /** By key. */
  readonly keys: Readonly<Record<string, string>>;
}

const PARTS = {
  input: 'How the bytes become rows; that of the map where a file names none.',
  joins: 'What rows of earlier files are joined, in order. Only with `files`.',
  rules: 'Rows that become no event, with the reason; the first that fits ends the row.',
  fields: 'Fields that every event of the list has, unless it writes its own.',
  events:
    'The events that a row makes: each of the list whose `when` holds. A row that makes none and fits no rule is refused as `unmapped-row`. `as-is`: rows are events of the contracts already.',
  keep: 'Keeps the rows for later files to join. Only with `files`.',
};

const EVENT_KEYS = {
  customerId: 'A value. An empty one refuses the row as `no-customer`.',
  occurredAt: 'A time. One that is empty or fits no format refuses the row as `bad-time`.',
  eventId:
    'A value, unique per source. Default: the place of the row, `{$file}:{$record}`, with the number of the event in the list behind it from the second on, so that the same file read again makes the same events.',
  channel: 'A value.',
  amount: 'An amount.',
  attributes: 'A value for each attribute; empty ones are left out.',
};

/** What each key of a mapping file means, block by block. */
export const SOURCE_MAP_TEXTS: Readonly<Record<string, BlockText>> = {
  map: {
    title: 'The file',
    about:
      'One mapping per file: of one file, of several files of a folder (`files`), or of a topic (`topic`).',
    keys: {
      map: 'Name of the mapping: small letters, digits and `-`. Dead letters of files carry it.',
      about: 'What it reads, `{zh: …, en: …}`.',
      source: '`source` of all its events.',
      currency: 'ISO 4217. Of amounts that name none of their own.',
      time_zone: 'IANA zone of times that name none; default `UTC`. `--time-zone` wins over it.',
      topic: 'A topic of JSON that the ingestor reads, too: see `STRATA_INGESTOR_MAPS`.',
      ...PARTS,
      files: 'Several files of a folder, in the order in which they are read.',
    },
  },
  file: {
    title: 'An entry of `files`',
    about: 'One file of the folder.',
    keys: {
      file: 'Its name without ending, or several that it may have; `.csv`, `.ndjson` and `.txt` are looked for, packed (`.gz`) or not.',
      ...PARTS,
    },
  },
  input: {
    title: '`input`',
    about: 'How the bytes of a file become rows. Packed files (gzip) are unpacked by themselves.',
    keys: {
      format: '`csv` (RFC 4180, any separator) or `ndjson` (one object a line).',
      separator:
        'One character, `tab`, or `spaces` for any run of blanks without quotes. Default `,`.',
      encoding:
        '`gb18030` reads GBK and GB2312, too. A letter that cannot be read refuses the row where a value needs it (`not-utf8`).',
      header:
        '`required`: the first record names the columns. `none`: it does not. `optional`: it does if it holds all names of `columns`. Default `required`, or `optional` where `columns` are given.',
      columns: 'The names of the columns by their place.',
      empty: 'Cells that mean nothing, as `?` or `NULL`.',
    },
  },
  rule: {
    title: 'An entry of `rules`',
    about:
      'A row that fits `when` becomes no event: it is left out and counted, or refused as a dead letter.',
    keys: {
      when: 'A condition.',
      refuse: 'A [reason](dead-letter-reasons.md) of the closed list.',
      skip: 'The reason in your words; counted by it.',
      field: 'The column that the dead letter names; default: the first of `when`.',
    },
  },
  end: {
    title: 'Ends: `otherwise`, `unused`',
    about: 'How a row ends that misses what it joins, or that nothing joined.',
    keys: { refuse: 'A reason of the closed list.', skip: 'The reason in your words.' },
  },
  join: {
    title: 'An entry of `joins`',
    about:
      'Looks up what an earlier file kept; its values are read as `table.value`. The kept rows are parts of the events of the row from then on.',
    keys: {
      table: 'The `as` of a `keep` above.',
      by: 'The column of this row that holds the key.',
      otherwise: 'How the row ends where nothing was kept under the key.',
    },
  },
  keep: {
    title: '`keep`',
    about:
      'What later files may join. A file with `keep` and no `events` makes only parts of other events; with both, a row is kept once it became events. Values and keys stay in memory until the end of the file.',
    keys: {
      as: 'The name by which joins call it.',
      by: 'The column that holds the key.',
      values: 'A value for each name; of several rows with one key, those of the first.',
      sums: 'An amount for each name, summed over all rows with the key, in minor units.',
      unused: 'How a row ends that nothing joined. Default: refused as `no-order`.',
    },
  },
  event: {
    title: 'An entry of `events`',
    about:
      'One event of [the contract](events.md). Its fields are those of its type; the table at the end says which each needs. A field whose value is empty is left out.',
    keys: {
      type: 'A type; or by a code, `{from: column, values: {SO: purchase, CX: order-cancelled}}`, each with the fields that it has.',
      when: 'A condition; default: every row.',
      each: 'A path to a list: an event for each element, read as `$item`, `$item.path` and `$index` (from 1).',
      ...EVENT_KEYS,
      '*': 'A value, as `orderId: order_no`.',
    },
  },
  value: {
    title: 'A value',
    about:
      'A reference alone, or a mapping. Blanks around a text never count. Steps are taken in the order of this table.',
    keys: {
      from: 'A reference, or several: the first that is not empty.',
      template: "References in braces, as `'{review}+{order}'`; empty where one of them is.",
      constant: 'The same for every row.',
      optional: 'The file may lack the column.',
      without_prefix:
        'Taken off the front; of several the first that fits. In a template, off each of its parts.',
      without_suffix: 'Taken off the end, likewise.',
      values:
        'A map of values. One that it does not name refuses the row as `bad-field`, unless there is `otherwise`.',
      otherwise: 'For values that the map does not name.',
      default: 'For empty values.',
      prefix: 'Put in front.',
      suffix: 'Put behind.',
      split: 'Makes a list, as of `roles`, by this separator.',
      as: '`number` or `text`; fields of the contract that are numbers need no word.',
    },
  },
  time: {
    title: 'A time',
    about:
      'A reference alone is RFC 3339 with an offset. A local time that clocks show twice is the earlier instant; one that they skip is read with the offset before the change.',
    keys: {
      from: 'A reference, or several.',
      formats:
        "`rfc3339`, `epoch-ms`, `epoch-s`, or patterns of `yyyy M MM MMM MMMM d dd H HH h hh mm ss SSS a XXX`, other letters in single quotes, as `d/M/yyyy HH:mm` or `yyyy'年'M'月'd'日'`. The first that fits wins.",
      time_zone: 'IANA zone; default that of the map.',
    },
  },
  amount: {
    title: 'An amount',
    about:
      'Exact integers in minor units; no binary fraction comes in. What is no number, negative or has more decimals than its currency refuses the row as `bad-price`, a quantity that is none as `bad-quantity`.',
    keys: {
      major: 'A reference to an amount in major units, as `12.30`.',
      minor: 'A reference to an amount in minor units.',
      price: 'A reference to a price in major units, times `quantity`, rounded half to even.',
      quantity: 'A reference; above zero, unless `absolute`.',
      currency:
        'A code, or `{from: column}`, where an empty cell or a missing column stands for that of the map. Default: that of the map.',
      absolute: 'Takes the size, whatever the sign: for what was given back.',
      round: '`half-even` rounds decimals that the currency does not have.',
      decimal_mark: '`.` or `,`. Default `.`.',
      group_mark: 'Stands before every third digit or nowhere.',
      without_prefix: 'Taken off the front, as `¥`.',
      without_suffix: 'Taken off the end, as `元`.',
    },
  },
  test: {
    title: 'Conditions',
    about:
      '`when: {column: test, column: test}`: all hold. A list of such mappings: one of them holds. A test is a text, a list of texts (one of them), or a mapping of these, which all hold.',
    keys: {
      is: '`present` or `empty`.',
      starts_with: 'A text or several.',
      ends_with: 'A text or several.',
      contains: 'A text or several.',
      above: 'A number.',
      at_least: 'A number.',
      below: 'A number.',
      at_most: 'A number.',
      not: 'A test that does not hold.',
    },
  },
};
