/** Reads the command line of the native engine; what the stand-in does not need is skipped. */
export function readArguments(argv) {
  const options = { datamodels: [], datasource: undefined, command: undefined, wantsVersion: false };
  const rest = [...argv];
  while (rest.length > 0) {
    const argument = rest.shift();
    if (argument === '--version' || argument === '-V') options.wantsVersion = true;
    else if (argument === '--datamodels') options.datamodels.push(rest.shift());
    else if (argument === '--datasource') options.datasource = JSON.parse(rest.shift());
    else if (argument === '--enabled-preview-features' || argument === '--extension-types') rest.shift();
    else if (argument === 'cli') options.command = rest.shift();
  }
  return options;
}
