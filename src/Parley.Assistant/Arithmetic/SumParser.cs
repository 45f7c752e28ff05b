
namespace Parley.Assistant.Arithmetic;

/// <summary>
/// Evaluates a sum by recursive descent:
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
    /// <summary>Deepest nesting, so that no input can exhaust the stack.</summary>
    private const int MaxDepth = 64;

    private readonly IReadOnlyList<SumToken> _tokens;
    private int _position;
    private int _depth;
    private bool _broken;

    private SumParser(IReadOnlyList<SumToken> tokens) => _tokens = tokens;

    private char Sign => _position < _tokens.Count && !_tokens[_position].IsNumber ? _tokens[_position].Sign : '\0';

    private bool NextStartsValue =>
        _position + 1 < _tokens.Count && (_tokens[_position + 1].IsNumber || _tokens[_position + 1].Sign is '(' or '√');

    /// <summary>Returns the value, or null if the tokens are not a well-formed sum.</summary>
    /// <exception cref="ArithmeticException">Overflow, division by zero, or no real result (<see cref="NotFiniteNumberException"/>).</exception>
    public static decimal? Evaluate(IReadOnlyList<SumToken> tokens)
    {
        var parser = new SumParser(tokens);
        var value = parser.Sum();
        return parser._broken || parser._position < tokens.Count ? null : value;
    }

    private decimal Sum()
    {
        var value = Product();
        while (!_broken && Sign is '+' or '-')
            value = _tokens[_position++].Sign == '+' ? value + Product() : value - Product();
        return value;
    }

    private decimal Product()
    {
        var value = Unary();
        while (!_broken && Sign is '*' or '/' or '%' or '‰')
        {
            var sign = _tokens[_position++].Sign;
            var right = Unary();
            value = _broken ? 0 : sign switch
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
            return Power();
        if (++_depth > MaxDepth)
        {
            _broken = true;
            return 0;
        }
        var sign = _tokens[_position++].Sign;
        var value = Unary();
        _depth--;
        return sign switch { '-' => -value, '√' => Powers.SquareRoot(value), '½' => value / 2, _ => value };
    }

    private decimal Power()
    {
        var value = Atom();
        while (!_broken && (Sign is '²' or '³' || (Sign == '%' && !NextStartsValue)))
            value = _tokens[_position++].Sign switch { '²' => value * value, '³' => value * value * value, _ => value / 100 };
        if (_broken || Sign != '^')
            return value;
        _position++;
        if (++_depth > MaxDepth)
        {
            _broken = true;
            return 0;
        }
        var exponent = Unary();
        _depth--;
        return _broken ? 0 : Powers.Raise(value, exponent);
    }

    private decimal Atom()
    {
        if (_position < _tokens.Count && _tokens[_position].IsNumber)
            return _tokens[_position++].Number;
        if (Sign != '(' || ++_depth > MaxDepth)
        {
            _broken = true;
            return 0;
        }
        _position++;
        var value = Sum();
        _depth--;
        _broken |= Sign != ')';
        _position++;
        return value;
    }
}
