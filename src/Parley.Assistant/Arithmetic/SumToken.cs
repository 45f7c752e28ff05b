
namespace Parley.Assistant.Arithmetic;

/// <summary>A number or, if <see cref="Sign"/> is set, an operator or parenthesis.</summary>
internal readonly record struct SumToken(decimal Number, char Sign = '\0')
{
    public bool IsNumber => Sign == '\0';
}
