namespace Parley.Assistant.Tests.Arithmetic;

public sealed class ArithmeticTests
{
    [Theory]
    [InlineData("what is seven times six", "42")]
    [InlineData("What's 12.5 / 4?", "3.125")]
    [InlineData("2 + 3 * 4", "14")]
    [InlineData("(2 + 3) * 4 =", "20")]
    [InlineData("2^3^2", "512")]
    [InlineData("-2^2", "-4")]
    [InlineData("calculate 10 - 4 - 3", "3")]
    [InlineData("0.1 + 0.2", "0.3")]
    [InlineData("10 / 3", "3.333333")]
    [InlineData("1 / 10000000000", "0.0000000001")]
    [InlineData("1,000 + 1", "1001")]
    [InlineData("twenty-one plus twenty one", "42")]
    [InlineData("how much is three hundred and five minus five", "300")]
    [InlineData("two million divided by four thousand", "500")]
    [InlineData("three point one four times 2", "6.28")]
    [InlineData("20 percent of 50", "10")]
    [InlineData("20% of 50", "10")]
    [InlineData("17 % 5", "2")]
    [InlineData("what is the square root of 81", "9")]
    [InlineData("nine squared", "81")]
    [InlineData("two to the power of ten", "1024")]
    [InlineData("minus five plus two", "-3")]
    [InlineData("6 x 7", "42")]
    [InlineData("5 - 5", "0")]
    [InlineData("Please tell me what 2 + 2 is", "4")]
    public async Task Sums_are_calculated(string said, string expected) => Assert.Equal($"That makes {expected}.", await Ask.Text(said));

    [Theory]
    [InlineData("five divided by zero", "That asks me to divide by zero, which has no answer.")]
    [InlineData("1 / (2 - 2)", "That asks me to divide by zero, which has no answer.")]
    [InlineData("0 ^ -1", "That asks me to divide by zero, which has no answer.")]
    [InlineData("10^999", "That number is too large for me to work out exactly.")]
    [InlineData("2 ^ 99999999999999999999", "That number is too large for me to work out exactly.")]
    [InlineData("1 + 99999999999999999999999999999999999999999", "That number is too large for me to work out exactly.")]
    [InlineData("square root of -1", "That sum has no real number as its answer.")]
    public async Task Sums_without_result_say_why(string said, string expected) => Assert.Equal(expected, await Ask.Text(said));

    [Theory]
    [InlineData("flight 12 - gate 4")]
    [InlineData("2026-11-22")]
    [InlineData("two two plus")]
    [InlineData("2 + + ) 3")]
    [InlineData("1.2.3 + 4")]
    public async Task Text_that_is_not_a_sum_is_not_calculated(string said) =>
        Assert.StartsWith("I heard '", await Ask.Text(said), StringComparison.Ordinal);

    [Fact]
    public async Task Deeply_nested_sums_are_refused() =>
        Assert.StartsWith("I heard '", await Ask.Text(new string('(', 400) + "1+1" + new string(')', 400)), StringComparison.Ordinal);
}
