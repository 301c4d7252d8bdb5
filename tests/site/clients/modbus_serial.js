// A PLC that asks the line, by modbus-serial: takes each verdict by its sequence and acknowledges it.
// node modbus_serial.js PORT COUNT
const ModbusRTU = require("modbus-serial");
const [port, count] = process.argv.slice(2).map(Number);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function main() {
  const plc = new ModbusRTU();
  await plc.connectTCP("127.0.0.1", { port });
  plc.setID(1);
  plc.setTimeout(5000);
  let last = 0, taken = 0;
  while (taken < count) {
    const { data, buffer } = await plc.readInputRegisters(0, 66);
    const sequence = buffer.readUInt32BE(6), again = buffer.readUInt32BE(128);
    if (data[5] !== 0 && sequence > last && sequence === again) {
      const text = buffer.toString("utf8", 32, 96).replace(/\0+$/, "");
      console.log(JSON.stringify({ sequence, verdict: data[5], text }));
      await plc.writeRegisters(0, [sequence >>> 16, sequence & 0xffff]);
      last = sequence;
      taken += 1;
    }
    await pause(10);
  }
  let refused = "";
  await plc.writeRegisters(0, [0x7fff, 0xffff]).catch((error) => { refused = error.modbusCode; });
  console.log(JSON.stringify({ refused }));
  plc.close(() => {});
}

main().catch((error) => { console.error(error); process.exit(1); });
