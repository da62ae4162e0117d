import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/** How much an operation may contain, its fragments included. The deepest field of the schema is at level 5. */
const LIMITS = {
  depth: { max: 8, words: 'levels of fields' },
  aliases: { max: 50, words: 'aliases' },
  directives: { max: 50, words: 'directives' },
  mutations: { max: 5, words: 'mutations' },
} as const;

type Size = Readonly<Record<keyof typeof LIMITS, number>>;

const NOTHING: Size = { depth: 0, aliases: 0, directives: 0, mutations: 0 };

/** Refuses an operation that nests too deeply or has too many aliases, directives or mutations. */
export const documentLimits: ValidationRule = (context) => ({
  OperationDefinition(operation) {
    const isMutation = operation.operation === OperationTypeNode.MUTATION;
    const size = add(sizeOf(context)(operation.selectionSet, isMutation), {
      directives: operation.directives?.length ?? 0,
    });
    for (const [name, { max, words }] of Object.entries(LIMITS)) {
      const found = size[name as keyof Size];
      if (found <= max) continue;
      const message = `An operation can have at most ${max} ${words}; this one has ${found}.`;
      context.reportError(new GraphQLError(message, { nodes: operation }));
    }
  },
});

/** Measures each fragment once, however often it is spread, so that the time taken follows the document's length. */
function sizeOf(context: ValidationContext) {
  const measured = new Map<string, Size>();

  function ofSet(set: SelectionSetNode | undefined, isRoot: boolean): Size {
    return (set?.selections ?? []).reduce((sum, selection) => add(sum, of(selection, isRoot)), NOTHING);
  }

  function of(selection: SelectionNode, isRoot: boolean): Size {
    const directives = selection.directives?.length ?? 0;
    switch (selection.kind) {
      case Kind.FIELD: {
        const inner = ofSet(selection.selectionSet, false);
        return {
          // Introspection has a rule of its own in graphql-js, and a usual query of it is fifteen levels deep.
          depth: selection.name.value.startsWith('__') ? 1 : inner.depth + 1,
          aliases: inner.aliases + (selection.alias ? 1 : 0),
          directives: inner.directives + directives,
          mutations: isRoot ? 1 : 0,
        };
      }
      case Kind.INLINE_FRAGMENT:
        return add(ofSet(selection.selectionSet, isRoot), { directives });
      case Kind.FRAGMENT_SPREAD:
        return add(ofFragment(selection.name.value, isRoot), { directives });
    }
  }

  function ofFragment(name: string, isRoot: boolean): Size {
    const known = measured.get(name);
    if (known) return known;
    // Another rule reports fragments that are unknown or spread themselves.
    measured.set(name, NOTHING);
    const size = ofSet(context.getFragment(name)?.selectionSet, isRoot);
    measured.set(name, size);
    return size;
  }

  return ofSet;
}

function add(a: Size, b: Partial<Size>): Size {
  return {
    depth: Math.max(a.depth, b.depth ?? 0),
    aliases: a.aliases + (b.aliases ?? 0),
    directives: a.directives + (b.directives ?? 0),
    mutations: a.mutations + (b.mutations ?? 0),
  };
}
