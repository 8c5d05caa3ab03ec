/**
 * The one rule the linter lacks: in the core an instant enters as an argument, so a date made of
 * nothing is refused, while one made of a number is only arithmetic.
 */
const noClock = {
  create(context) {
    const refuse = (node) => {
      if (node.callee.type !== 'Identifier' || node.callee.name !== 'Date') return;
      if (node.type === 'NewExpression' && node.arguments.length > 0) return;
      context.report({ node, message: 'Time enters the core as an argument.' });
    };
    return { NewExpression: refuse, CallExpression: refuse };
  },
};

// The linter's plugin interface asks for a default export.
export default { meta: { name: 'pure-core' }, rules: { 'no-clock': noClock } };
