import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import ts from 'typescript';
import { packagePath } from '../../host/system/package-files.js';

/** Everything that a program may import, with types last. Adding a name here is a promise. */
const NAMES: Readonly<Record<string, string>> = {
  '.': `
    CaptureError DatasetError EvaluationError RecordingError RunError TrainingError UsageError WriteError
    configureTraining evaluateModel evaluateStreams openKernel openMicrophone pcmSamples quantizeRun readModel readRecording renderReport
    resumeTraining trainNetwork trainWakeWords tuneModel writeModel
    EvaluationReport TrainingConfig WakeWordResult WakeWordTraining`,
  './core': `
    DetectionError Kernel ModelError NetworkError SpikewordError StreamDetector probabilities
    Detection Inference OperatingPoint`,
  './device': `
    BoardError PortError RefusedError bisectClip evaluateOnBoard flashModel listPorts openBoard rollBack
    ConnectedBoard`,
  './boards': `
    ToolError boards buildFirmware emulate findBoard
    Board`,
};

const { exports } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as {
  exports: Record<string, string | { types: string; default: string }>;
};
const entries = Object.entries(exports).flatMap(([name, entry]) =>
  typeof entry === 'string' ? [] : [{ name, types: packagePath(entry.types), code: packagePath(entry.default) }],
);
const program = ts.createProgram(
  entries.map(({ types }) => types),
  {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
  },
);
const checker = program.getTypeChecker();

/** Returns the exports of an entry point, including types, each with its declaration. */
function exportsOf(types: string): ts.Symbol[] {
  const module = checker.getSymbolAtLocation(program.getSourceFile(types)!)!;
  return checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol));
}

/** Functions that compute something from their arguments and throw nothing. */
const PURE = ['renderReport', 'probabilities'];

describe('the public interface', () => {
  test('has the entry points that are listed here', () => {
    assert.deepEqual(
      entries.map(({ name }) => name),
      Object.keys(NAMES),
    );
  });

  for (const { name, types, code } of entries) {
    const listed = NAMES[name].trim().split(/\s+/);

    test(`of ${name} has exactly the names that are listed here`, async () => {
      const isType = (symbol: ts.Symbol): boolean => (symbol.flags & ts.SymbolFlags.Value) === 0;
      const declared = exportsOf(types);
      const values = declared.filter((symbol) => !isType(symbol)).map(({ name }) => name);
      const only = declared.filter(isType).map(({ name }) => name);
      assert.deepEqual([...values.sort(), ...only.sort()], listed);
      assert.deepEqual(Object.keys(await import(code)).sort(), values);
    });

    test(`of ${name} explains every name, and documents what every function throws`, () => {
      for (const symbol of exportsOf(types)) {
        const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
        assert.ok(text.length > 20, `${symbol.name}: no comment`);
        const tags = symbol.getJsDocTags(checker).map((tag) => tag.name);
        const isFunction = (symbol.flags & ts.SymbolFlags.Function) !== 0 && !PURE.includes(symbol.name);
        if (isFunction) assert.ok(/throws/i.test(text) || tags.includes('throws'), `${symbol.name}: throws what?`);
      }
    });

    test(`of ${name} explains the members of its classes and interfaces`, () => {
      for (const symbol of exportsOf(types)) {
        const type = checker.getDeclaredTypeOfSymbol(symbol);
        if (!type.isClassOrInterface()) continue;
        const silent = type.symbol.members
          ? [...type.symbol.members.values()].filter((member) => {
              const [declaration] = member.declarations ?? [];
              if (declaration === undefined || member.name.startsWith('__')) return false;
              const hidden = ts.getCombinedModifierFlags(declaration as ts.Declaration) & ts.ModifierFlags.Private;
              return hidden === 0 && member.getDocumentationComment(checker).length === 0;
            })
          : [];
        // A field needs no comment if its name and type are clear; a method always needs one.
        const methods = silent.filter((member) => (member.flags & ts.SymbolFlags.Method) !== 0);
        assert.deepEqual(
          methods.map((member) => `${symbol.name}.${member.name}`),
          [],
        );
      }
    });
  }
});
