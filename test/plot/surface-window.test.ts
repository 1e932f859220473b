import { openSurface } from "flat-minima/plot";
import type { SurfaceOptions } from "flat-minima/plot";
import { afterEach, describe, expect, it, vi } from "vitest";

const options: SurfaceOptions = {
  x: [0, 1],
  y: Float64Array.of(-1, 0, 1),
  z: [1, 10, 100, 1000, 1e4, 1e5],
  scale: "log",
  title: "A plane",
  axisTitles: ["x", "y", "loss L"],
};

afterEach(() => {
  vi.doUnmock("nodeplotlib");
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("openSurface", () => {
  it("gives Plotly the heights in rows, their logarithms as colours, and the words", async () => {
    const plot = vi.fn();
    vi.doMock("nodeplotlib", () => ({ plot }));
    await openSurface(options);
    expect(plot).toHaveBeenCalledTimes(1);
    const [[surface], layout] = plot.mock.calls[0] as [Record<string, unknown>[], Record<string, unknown>];
    const rows = [
      [1, 10],
      [100, 1000],
      [1e4, 1e5],
    ];
    expect(surface).toMatchObject({ type: "surface", x: [0, 1], y: [-1, 0, 1], z: rows });
    expect(surface.surfacecolor).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
    const scale = surface.colorscale as [number, string][];
    expect([scale[0], scale.at(-1)]).toEqual([
      [0, "#440154"],
      [1, "#fde725"],
    ]);
    expect(layout).toMatchObject({
      title: "A plane",
      scene: { xaxis: { title: "x" }, yaxis: { title: "y" }, zaxis: { title: "loss L", type: "log" } },
    });
  });

  it("says what is missing where nodeplotlib is not installed", async () => {
    vi.doMock("nodeplotlib", () => {
      throw new Error("Cannot find package 'nodeplotlib'");
    });
    await expect(openSurface(options)).rejects.toThrow(
      "openSurface: needs the package nodeplotlib (npm install nodepl",
    );
  });

  it("serves the surface at the address that it prints, without a window where a port is set", async () => {
    vi.stubEnv("NODEPLOTLIB_PORT", "0"); // any free port, and no browser
    vi.spyOn(process.stdout, "write").mockReturnValue(true); // the server's log
    const printed = vi.spyOn(console, "log").mockImplementation(() => {});
    await openSurface(options);
    const address = await vi.waitFor(
      () => String(printed.mock.calls.find(([text]) => /Server running/.test(String(text)))![1]),
      { timeout: 10_000 },
    );
    expect(await (await fetch(address)).text()).toContain("<html");

    // The page's own protocol: engine.io 4 over polling, whose packets begin with their kind.
    const url = `${address}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(url)).text()).slice(1)) as { sid: string };
    const send = (body: string) => fetch(`${url}&sid=${sid}`, { method: "POST", body });
    const receive = async () => (await fetch(`${url}&sid=${sid}`)).text();
    await send("40");
    let received = await receive();
    await send('42["readplots",{}]');
    while (!received.includes('"plotdata"')) received = await receive();
    expect(received).toContain('"z":[[1,10],[100,1000],[10000,100000]]');

    await send("41"); // the window is closed, and the server with it
    await vi.waitFor(() => expect(fetch(address)).rejects.toThrow(), { timeout: 10_000 });
  });
});
