using Parley.Server.Storage;

namespace Parley.Assistant.Arithmetic;

/// <summary>
/// Works out a sum by recursive descent:
/// <code>
/// sum     = product { (+ | -) product }
/// product = unary { (* | / | % | percent-of) unary }
/// unary   = (- | + | √ | half-of) unary | power
/// power   = atom { ² | ³ | % } [ ^ unary ]
/// atom    = number | ( sum )
/// </code>
/// </summary>
internal sealed class SumParser
{
    /// <summary>Deeper nesting is refused, so that no input can exhaust the stack.</summary>
    private const int MaxDepth = 64;

    private readonly IReadOnlyList<SumToken> tokens;
    private int position;
    private int depth;
    private bool broken;

    private SumParser(IReadOnlyList<SumToken> tokens) => this.tokens = tokens;

    private char Sign => position < tokens.Count && !tokens[position].IsNumber ? tokens[position].Sign : '\0';

    private bool NextStartsValue => position + 1 < tokens.Count && (tokens[position + 1].IsNumber || tokens[position + 1].Sign is '(' or '√');

    /// <summary>The value, or null when the tokens are no well-formed sum.</summary>
    /// <exception cref="ArithmeticException">Overflow, division by zero, or no real result (<see cref="NotFiniteNumberException"/>).</exception>
    public static decimal? Evaluate(IReadOnlyList<SumToken> tokens)
    {
        var parser = new SumParser(tokens);
        var value = parser.Sum();
        return parser.broken || parser.position < tokens.Count ? null : value;
    }

    private decimal Sum()
    {
        var value = Product();
        while (!broken && Sign is '+' or '-')
        {
            value = tokens[position++].Sign == '+' ? value + Product() : value - Product();
        }

        return value;
    }

    private decimal Product()
    {
        var value = Unary();
        while (!broken && Sign is '*' or '/' or '%' or '‰')
        {
            var sign = tokens[position++].Sign;
            var right = Unary();
            value = broken ? 0 : sign switch
            {
                '*' => value * right,
                '/' => value / right,
                '%' => value % right,
                _ => value / 100 * right,
            };
        }

        return value;
    }

    private decimal Unary()
    {
        if (Sign is not ('-' or '+' or '√' or '½'))
        {
            return Power();
        }

        if (++depth > MaxDepth)
        {
            broken = true;
            return 0;
        }

        var sign = tokens[position++].Sign;
        var value = Unary();
        depth--;
        return sign switch { '-' => -value, '√' => Powers.SquareRoot(value), '½' => value / 2, _ => value };
    }

    private decimal Power()
    {
        var value = Atom();
        while (!broken && (Sign is '²' or '³' || (Sign == '%' && !NextStartsValue)))
        {
            value = tokens[position++].Sign switch { '²' => value * value, '³' => value * value * value, _ => value / 100 };
        }

        if (broken || Sign != '^')
        {
            return value;
        }

        position++;
        if (++depth > MaxDepth)
        {
            broken = true;
            return 0;
        }

        var exponent = Unary();
        depth--;
        return broken ? 0 : Powers.Raise(value, exponent);
    }

    private decimal Atom()
    {
        if (position < tokens.Count && tokens[position].IsNumber)
        {
            return tokens[position++].Number;
        }

        if (Sign != '(' || ++depth > MaxDepth)
        {
            broken = true;
            return 0;
        }

        position++;
        var value = Sum();
        depth--;
        broken |= Sign != ')';
        position++;
        return value;
    }
}
