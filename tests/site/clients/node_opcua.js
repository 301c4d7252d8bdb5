// A client of OPC UA by node-opcua: subscribes to nodes of a board, and prints each change as a line of JSON.
// node node_opcua.js URL BOARD
const { OPCUAClient, AttributeIds, ClientSubscription, ClientMonitoredItem, TimestampsToReturn, DataType, Variant } =
  require("node-opcua-client");
const [url, board] = process.argv.slice(2);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const PATHS = ["Online", "Ready", "Part.Sequence", "Part.Verdict", "Part.Text", "Part.Values"];

async function main() {
  const client = OPCUAClient.create({ endpointMustExist: false });
  await client.connect(url);
  const session = await client.createSession();
  const index = (await session.readNamespaceArray()).indexOf("urn:nano-ocr:lines");
  const id = (path) => `ns=${index};s=${board}.${path}`;
  while (!(await session.read({ nodeId: id("Online"), attributeId: AttributeIds.NodeClass })).statusCode.isGood()) {
    await pause(100);
  }
  const written = await session.write({
    nodeId: id("Ready"), attributeId: AttributeIds.Value,
    value: { value: new Variant({ dataType: DataType.Boolean, value: false }) },
  });
  console.log(JSON.stringify({ write: written.name }));
  const subscription = ClientSubscription.create(session, {
    requestedPublishingInterval: 50, requestedMaxKeepAliveCount: 100, requestedLifetimeCount: 1000, publishingEnabled: true,
  });
  for (const path of PATHS) {
    const item = ClientMonitoredItem.create(
      subscription, { nodeId: id(path), attributeId: AttributeIds.Value },
      { samplingInterval: 0, queueSize: 100, discardOldest: true }, TimestampsToReturn.Both);
    item.on("changed", (found) => {
      const value = found.value.value;
      console.log(JSON.stringify({
        path, value: path === "Part.Sequence" && Array.isArray(value) ? value[0] * 2 ** 32 + value[1] : value,
        type: DataType[found.value.dataType], quality: found.statusCode.name,
        at: found.sourceTimestamp && found.sourceTimestamp.getTime() / 1000,
      }));
    });
  }
}

main().catch((error) => { console.error(error); process.exit(1); });
