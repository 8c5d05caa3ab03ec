import { dataPath } from './shared-data.ts';

export interface Windows {
  readonly ordersDays: number;
  readonly revenueDays: number;
  /** Purchase days are days of this zone. */
  readonly timeZone: string;
}

export interface Comparison extends Windows {
  /** A query over the raw file: customer_id, occurred_at, order_id (null: a refund without order), minor. */
  readonly raw: string;
  readonly dates: readonly string[];
  /** The CSV that ./strata wrote. */
  readonly profiles: string;
}

/** 69,659 records in columns of spaces; the header row of the copy is skipped, each record is an order of its own. */
export const CDNOW_ROWS = (path: string): string => `
  WITH split AS (
    SELECT regexp_split_to_array(trim(line), '\\s+') AS field, row_number() OVER () AS number
    FROM read_csv('${dataPath(path)}', columns = {'line': 'VARCHAR'}, delim = '\\x01', quote = '', escape = '',
      header = false, skip = 1, parallel = false)
  )
  SELECT field[1] AS customer_id, strptime(field[2], '%Y%m%d') AS occurred_at, number::VARCHAR AS order_id,
    CAST(CAST(field[4] AS DECIMAL(18, 2)) * 100 AS BIGINT) AS minor
  FROM split`;

/** The lines of an invoice are parts of one order; those of a C invoice are refunds without order. */
export const ONLINE_RETAIL_ROWS = (path: string): string => `
  WITH lines AS (
    SELECT regexp_replace(CustomerID, '\\.0$', '') AS customer_id, InvoiceDate::TIMESTAMP AS occurred_at, InvoiceNo,
      Quantity::BIGINT * (UnitPrice::DECIMAL(18, 3) * 1000)::BIGINT AS tenths
    FROM read_csv('${dataPath(path)}', header = true, all_varchar = true) WHERE CustomerID <> ''
  )
  SELECT customer_id, occurred_at, CASE WHEN InvoiceNo LIKE 'C%' THEN NULL ELSE InvoiceNo END AS order_id,
    -- Pence, half to even.
    abs(tenths) // 10 + CASE WHEN abs(tenths) % 10 > 5 OR (abs(tenths) % 10 = 5 AND abs(tenths) // 10 % 2 = 1)
      THEN 1 ELSE 0 END AS minor
  FROM lines WHERE InvoiceNo LIKE 'C%' OR tenths >= 0`;

/** Rows that SQL and ./strata do not have in common. Windows are (at - N days, at]; an order is at its first part. */
export function differencesBetween(comparison: Comparison): string {
  const { raw, dates, profiles, ordersDays, revenueDays, timeZone } = comparison;
  return `
  WITH lines AS (${raw}
  ), orders AS (
    SELECT customer_id, order_id, min(occurred_at) AS ordered_at FROM lines WHERE order_id IS NOT NULL
    GROUP BY customer_id, order_id
  ), dates AS (SELECT unnest(['${dates.join("'::TIMESTAMP, '")}'::TIMESTAMP]) AS at_
  ), people AS (SELECT DISTINCT at_, customer_id FROM lines, dates WHERE occurred_at <= at_
  ), counted AS (
    SELECT at_, customer_id, count(*) FILTER (WHERE ordered_at > at_ - INTERVAL ${ordersDays} DAY) AS orders,
      count(DISTINCT (ordered_at AT TIME ZONE 'UTC' AT TIME ZONE '${timeZone}')::DATE)
        FILTER (WHERE ordered_at > at_ - INTERVAL ${ordersDays} DAY) AS purchase_days,
      date_part('epoch', at_ - max(ordered_at))::BIGINT // 86400 AS recency_days
    FROM orders, dates WHERE ordered_at <= at_ GROUP BY at_, customer_id
  ), earned AS (
    SELECT at_, customer_id, greatest(0, sum(CASE WHEN order_id IS NULL THEN -minor ELSE minor END)) AS minor
    FROM lines, dates WHERE occurred_at <= at_ AND occurred_at > at_ - INTERVAL ${revenueDays} DAY
    GROUP BY at_, customer_id
  ), expected AS (
    SELECT at_, customer_id, coalesce(orders, 0)::BIGINT, coalesce(purchase_days, 0)::BIGINT,
      coalesce(minor, 0)::BIGINT, recency_days::BIGINT
    FROM people LEFT JOIN counted USING (at_, customer_id) LEFT JOIN earned USING (at_, customer_id)
  ), actual AS (
    SELECT "at"::TIMESTAMPTZ::TIMESTAMP AS at_, customer_id, orders::BIGINT, purchase_days::BIGINT,
      revenue_minor::BIGINT, recency_days::BIGINT
    FROM read_csv('${profiles}', header = true, all_varchar = true)
  )
  SELECT (SELECT count(*) FROM expected)::INTEGER AS expected, (SELECT count(*) FROM actual)::INTEGER AS actual,
    (SELECT count(*) FROM (FROM expected EXCEPT ALL FROM actual))::INTEGER AS missing,
    (SELECT count(*) FROM (FROM actual EXCEPT ALL FROM expected))::INTEGER AS surplus`;
}
