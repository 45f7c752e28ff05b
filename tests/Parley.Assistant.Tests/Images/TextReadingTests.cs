using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Parley.Assistant.Images;

namespace Parley.Assistant.Tests.Images;

/// <summary>Text in images (OCR), with Debian's tesseract-ocr, which ./test installs.</summary>
public sealed class TextReadingTests : IDisposable
{
    private static readonly byte[] Sign = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Images", "sign.jpg"));

    private readonly LogRecorder _log = new();
    private readonly ILoggerFactory _loggers;

    public TextReadingTests() => _loggers = LoggerFactory.Create(builder => builder.AddProvider(_log));

    public void Dispose() => _loggers.Dispose();

    [Theory]
    [InlineData("what does it say")]
    [InlineData("could you read this to me please")]
    [InlineData("read the sign")]
    public async Task The_text_of_a_sign_is_read_aloud(string asked) =>
        Assert.Equal("It says: Meeting room 4 is closed. Please use the red door", await AnswerAsync("tesseract", Sign, asked));

    [Fact]
    public async Task An_image_without_text_is_reported() =>
        Assert.Equal(
            "I looked for text in the picture and found none that I can read.",
            await AnswerAsync("tesseract", TestImages.Png(64, 48, (_, _) => (200, 200, 200)), "read this"));

    [Theory]
    [InlineData("")]
    [InlineData("no-such-command")]
    public async Task A_missing_text_reader_is_reported(string command) =>
        Assert.Equal(
            "I cannot read text in pictures here, because no text reader is installed.", await AnswerAsync(command, Sign, "read this"));

    [Fact]
    public async Task A_failure_of_the_text_reader_is_logged_and_reported()
    {
        Assert.Equal(
            "I cannot read text in pictures here, because no text reader is installed.", await AnswerAsync("false", Sign, "read this"));
        Assert.Contains(_log.Entries, entry => entry.Level == LogLevel.Warning && entry.Message.StartsWith("Text reader failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_broken_image_is_logged_as_a_warning_and_reported()
    {
        Assert.Equal("I received a picture but could not read it. I understand JPEG and PNG.", await AnswerAsync("tesseract", Sign[..2_000], "read this"));
        Assert.Contains(_log.Entries, entry => entry.Level == LogLevel.Warning);
        Assert.DoesNotContain(_log.Entries, entry => entry.Level >= LogLevel.Error);
    }

    [Fact]
    public void Health_shows_whether_a_text_reader_is_installed()
    {
        using var there = new TesseractReader("tesseract", TimeProvider.System, _loggers.CreateLogger("test"));
        using var missing = new TesseractReader("no-such-command", TimeProvider.System, _loggers.CreateLogger("test"));

        Assert.Equal("ocr", there.Name);
        Assert.StartsWith("tesseract: /", there.State, StringComparison.Ordinal);
        Assert.Equal("no text reader: install Debian's tesseract-ocr", missing.State);
    }

    [Fact]
    public void Words_with_low_confidence_are_dropped() =>
        Assert.Equal("sure here. next", TesseractReader.WordsOf(string.Join('\n',
        [
            "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext",
            "5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t96.5\tsure", "5\t1\t1\t1\t1\t2\t0\t0\t9\t9\t12\tnoise", "5\t1\t1\t1\t2\t1\t0\t0\t9\t9\t60\there",
            "5\t1\t1\t1\t2\t2\t0\t0\t9\t9\t99\t|", "4\t1\t2\t1\t1\t0\t0\t0\t9\t9\t-1\t", "5\t1\t2\t1\t1\t1\t0\t0\t9\t9\t80\tnext", "",
        ])));

    private async Task<string> AnswerAsync(string command, byte[] picture, string asked)
    {
        using var reader = new TesseractReader(command, TimeProvider.System, _loggers.CreateLogger("test"));
        using var client = new RuleBasedChatClient(new FakeTimeProvider(Ask.Now), reader, _loggers.CreateLogger("test"));
        var messages = new[] { new ChatMessage(ChatRole.User, [new DataContent(picture, "image/jpeg")]), Ask.User(asked) };
        return (await client.GetResponseAsync(messages, cancellationToken: TestContext.Current.CancellationToken)).Text;
    }
}
