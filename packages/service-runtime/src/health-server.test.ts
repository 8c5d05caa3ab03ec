import { afterEach, describe, expect, it } from 'vitest';
import { type HealthReport, type HealthServer, startHealthServer } from './health-server.ts';
import { createMetrics } from './metrics.ts';

let server: HealthServer | null = null;
let report: HealthReport = { isLive: true, reasons: [] };

async function get(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string; type: string | null }> {
  const metrics = createMetrics({ withProcess: false });
  metrics.counter({ name: 'strata_test_total', help: 'x' }).inc(3);
  server ??= await startHealthServer({
    host: '127.0.0.1',
    port: 0,
    service: 'test',
    metrics,
    report: () => report,
  });
  const response = await fetch(server.url + path, { headers });
  const type = response.headers.get('content-type');
  return { status: response.status, text: await response.text(), type };
}

afterEach(async () => {
  await server?.close();
  server = null;
});

describe('health server', () => {
  it('is ready without reasons, on a free port', async () => {
    report = { isLive: true, reasons: [], details: { lag: 2 } };
    expect(await get('/readyz')).toMatchObject({ status: 200 });
    expect(JSON.parse((await get('/healthz')).text)).toEqual({
      service: 'test',
      isLive: true,
      isReady: true,
      reasons: [],
      details: { lag: 2 },
    });
  });

  it('says why it is not ready and stays alive', async () => {
    report = { isLive: true, reasons: ['No partition is assigned yet.'] };
    const ready = await get('/readyz');
    expect(ready.status).toBe(503);
    expect(ready.text).toContain('No partition is assigned yet.');
    expect((await get('/livez')).status).toBe(200);
    expect((await get('/healthz')).status).toBe(200);
  });

  it('asks for a restart only when it is not live', async () => {
    report = { isLive: false, reasons: [] };
    expect((await get('/livez')).status).toBe(503);
    expect((await get('/readyz')).status).toBe(503);
  });

  it('serves its own metrics, and 404 with the paths it knows', async () => {
    expect((await get('/metrics')).text).toContain('strata_test_total 3');
    expect(await get('/nothing')).toMatchObject({ status: 404 });
  });

  it('serves OpenMetrics to who asks for it, and the old format to everybody else', async () => {
    const asked = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';
    const open = await get('/metrics', { accept: asked });
    expect(open.type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(open.text).toMatch(/# TYPE strata_test counter\nstrata_test_total 3\n[^]*# EOF\n$/);
    for (const accept of ['text/plain', '*/*', 'application/openmetrics-text;q=0,text/plain']) {
      const plain = await get('/metrics', { accept });
      expect(plain.type).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(plain.text).not.toContain('# EOF');
      expect(plain.text).toMatch(/# TYPE strata_test_total counter\nstrata_test_total 3\n/);
    }
  });
});
