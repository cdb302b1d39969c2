using StreamEngine.Records;
using StreamEngine.Records.Data;
using StreamEngine.Transforms.Expressions;

namespace StreamEngine.Stages.Tests.Transforms;

/// <summary>The language of expressions: what is read, what comes of it, and what is refused when.</summary>
public sealed class ExpressionTests
{
    private const string Order =
        """{"id":7,"amount":12.50,"big":9223372036854775807,"ratio":1E-5,"name":"Anna","note":null,"paid":true,"day":"2024-05-01","odd name":1,"lines":[{"sku":"a"},{"sku":"b"}],"to":{"city":"Wien","in":2}}""";

    [Theory]
    [InlineData("id", "7")]
    [InlineData("lines[1].sku", "b")]
    [InlineData("to.city", "Wien")]
    [InlineData("to.`in`", "2")]
    [InlineData("to['in']", "2")]
    [InlineData("`odd name`", "1")]
    [InlineData("missing.at.all", "null")]
    [InlineData("'it''s'", "it's")]
    [InlineData("\"say \"\"hi\"\"\"", "say \"hi\"")]
    [InlineData("-3", "-3")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("1 + 2 * 3", "7")]
    [InlineData("(1 + 2) * 3", "9")]
    [InlineData("10 - 4 - 3", "3")]
    [InlineData("-id", "-7")]
    [InlineData("7 / 2", "3.5")]
    [InlineData("7 % 4", "3")]
    [InlineData("-7 % 4", "-3")]
    [InlineData("0.1 + 0.2", "0.3")]
    [InlineData("amount * 2", "25.00")]
    [InlineData("amount + 1e0", "13.5")]
    [InlineData("name + '!'", "Anna!")]
    [InlineData("note + 1", "null")]
    [InlineData("missing * 2", "null")]
    [InlineData("id > 5 ? 'many' : 'few'", "many")]
    [InlineData("paid ? 1 : 1 / (id - 7)", "1")]
    [InlineData("note ? 1 : 2", "2")]
    public void Gives_a_value(string expression, string expected) => Assert.Equal(expected, Evaluate(expression).ToString());

    [Theory]
    [InlineData("id = 7")]
    [InlineData("id == 7.0")]
    [InlineData("amount = 12.5")]
    [InlineData("amount = 125e-1")]
    [InlineData("big > 9223372036854775806")]
    [InlineData("ratio < 0.001")]
    [InlineData("id != 8 and id <> 9")]
    [InlineData("id >= 7 && id <= 7")]
    [InlineData("not (id < 7 or id > 7)")]
    [InlineData("!(id < 7 || id > 7)")]
    [InlineData("not not paid")]
    [InlineData("NOT paid OR id = 7 AND paid")]
    [InlineData("paid or 1 / (id - 7) > 0")]
    [InlineData("id in (1, 7)")]
    [InlineData("name not in ('Bert', 'Carl')")]
    [InlineData("note in ('x', null)")]
    [InlineData("id between 7 and 8 and paid")]
    [InlineData("id not between 8 and 9")]
    [InlineData("note is null and missing is null and id is not null")]
    [InlineData("note = null and missing = note and id != null")]
    [InlineData("not (note > 1) and not (note < 1)")]
    [InlineData("not (note != null)")]
    [InlineData("name like 'A%a'")]
    [InlineData("name like '_nn_' and name not like 'n%'")]
    [InlineData("'50%' like '50\\%' and not ('500' like '50\\%')")]
    [InlineData("'a\\b' like 'a\\\\b' and '' like '%' and '' like ''")]
    [InlineData("'aaaaab' like '%a%a%b' and not ('aaaa' like '%b%')")]
    [InlineData("name matches '^A.*a$' and name matches 'nn'")]
    [InlineData("name < 'B' and 'a' > 'B'")]
    [InlineData("date(day) > '2024-04-30' and date(day) = '2024-05-01'")]
    [InlineData("timestamp('2024-05-01T12:00:00+02:00') = '2024-05-01T10:00:00Z'")]
    [InlineData("timestamp(0) = '1970-01-01'")]
    [InlineData("timestamp(1714557600, 's') = '2024-05-01T10:00:00Z'")]
    [InlineData("timestamp('01.05.2024 10:00', 'dd.MM.yyyy HH:mm') = '2024-05-01T10:00Z'")]
    [InlineData("lines = lines and to = to and lines != note")]
    public void Holds(string condition) => Assert.True(Expression.Parse(condition).Test(RowOf(Order)));

    [Theory]
    [InlineData("lower('ÄB') + upper('c') + trim(' d ')", "äbCd")]
    [InlineData("length(name) + length(lines)", "6")]
    [InlineData("substring(name, 2) + substring(name, 1, 1) + substring(name, 9)", "nnaA")]
    [InlineData("substring('a\U0001F600b', 1, 2) + '-' + substring('a\U0001F600b', 3) + '-' + substring('a\U0001F600b', 2, 2)", "a-b-\U0001F600")]
    [InlineData("replace(name, 'n', 'm')", "Amma")]
    [InlineData("contains(name, 'nn') and starts_with(name, 'An') and ends_with(name, 'na')", "true")]
    [InlineData("concat(name, ' ', id, note, '/', amount, '/', paid)", "Anna 7/12.50/true")]
    [InlineData("coalesce(note, missing, id)", "7")]
    [InlineData("if(paid, 'yes', 'no')", "yes")]
    [InlineData("abs(-2.5) + abs(2)", "4.5")]
    [InlineData("round(2.5) + round(-2.5)", "0")]
    [InlineData("round(2.345, 2)", "2.35")]
    [InlineData("floor(-2.5)", "-3")]
    [InlineData("ceil(2.1)", "3")]
    [InlineData("min(3, id, note)", "3")]
    [InlineData("max(3, id, 6.9)", "7")]
    [InlineData("number('12.50') + number(1)", "13.50")]
    [InlineData("int('12') + int(3.0)", "15")]
    [InlineData("text(amount) + text(lines)", "12.50[{\"sku\":\"a\"},{\"sku\":\"b\"}]")]
    [InlineData("bool('TRUE') and bool(1)", "true")]
    [InlineData("year(day) * 100 + month(day)", "202405")]
    [InlineData("hour('2024-05-01T10:30:15Z') * 3600 + minute('2024-05-01T10:30:15Z') * 60 + second('2024-05-01T10:30:15Z')", "37815")]
    [InlineData("day(timestamp('2024-05-01T23:30:00-02:00'))", "2")]
    [InlineData("format_date(date(day), 'yyyy-MM')", "2024-05")]
    [InlineData("lower(note)", "null")]
    [InlineData("LOWER(name)", "anna")]
    [InlineData("double('1.5')", "1.5")]
    [InlineData("decimal(1e-1)", "0.1")]
    [InlineData("int(timestamp('1970-01-01T00:00:01Z'))", "1000")]
    public void Calls_functions(string expression, string expected) => Assert.Equal(expected, Evaluate(expression).ToString());

    [Fact]
    public void Looks_at_what_a_record_has_besides_its_value()
    {
        var row = new Row();
        var record = new Record<DataObject, DataObject>(
            DataObject.Scalar(DataValue.Of("k")), TransformRun.Parse(Order)!, 1000, new Origin(0, 3, 42), RecordHeaders.Of(new RecordHeader("trace", "t1")));
        row.Load(ref record, needsKey: true);
        Assert.Equal("k/3/42/t1/1970-01-01T00:00:01+00:00/", Expression.Parse("concat(key(), '/', partition(), '/', offset(), '/', header('trace'), '/', timestamp(), '/', header('none'))").Evaluate(row).AsText());
        Assert.True(Expression.Parse("key() = 'k'").UsesKey);
        Assert.False(Expression.Parse("offset() > 1").UsesKey);
        Assert.True(Expression.Parse("offset() > 1").UsesRecord);
    }

    [Theory]
    [InlineData("", "the expression is empty (at character 1)")]
    [InlineData("amount >", "a value is expected, and the end is there (at character 9)")]
    [InlineData("amount > 10 20", "'20' is not expected here (at character 13)")]
    [InlineData("(amount", "')' is expected, and the end is there (at character 8)")]
    [InlineData("a # b", "'#' can't be in an expression (at character 3)")]
    [InlineData("'open", "the text isn't closed (at character 1)")]
    [InlineData("lowr(name)", "there is no function lowr (at character 1)")]
    [InlineData("lower()", "lower has 0 arguments, and takes 1 (at character 1)")]
    [InlineData("substring(name)", "substring has 1 arguments, and takes 2 to 3 (at character 1)")]
    [InlineData("now() > day", "there is no function now (at character 1)")]
    [InlineData("lower(5)", "lower takes a text, and 5 is a number (at character 7)")]
    [InlineData("lower(name) > 5", "lower(name) > 5: lower(name) is a text, 5 is a number, and they can't be compared (at character 1)")]
    [InlineData("length(name) and paid", "a condition is needed here, and length(name) is a number (at character 1)")]
    [InlineData("paid and name + 'x'", "a condition is needed here, and name + 'x' is a text (at character 10)")]
    [InlineData("'a' + 1", "'+' takes two numbers, or two texts, and 'a' + 1 has a text and a number (at character 1)")]
    [InlineData("date(day) < timestamp()", "date(day) < timestamp(): date(day) is a date, timestamp() is a timestamp, and they can't be compared (at character 1)")]
    [InlineData("true < false", "true < false: true is a boolean, false is a boolean, and they have no order (at character 1)")]
    [InlineData("1 / 0", "1 / 0: division by zero (1 / 0) (at character 1)")]
    [InlineData("name matches '('", "'(' is no regular expression: Invalid pattern '(' at offset 1. Not enough )'s (at character 14)")]
    [InlineData("name matches '(a)\\1'", null)]
    [InlineData("name like other", "behind 'like' comes a pattern in quotes, and 'other' is there (at character 11)")]
    [InlineData("in > 5", "a value is expected, and the word 'in' is there (at character 1)")]
    [InlineData("a.", "the name of a field is expected behind '.', and the end is there (at character 3)")]
    [InlineData("a[x]", "behind '[' comes the number of an item, from 0, or a name in quotes, and 'x' is there (at character 3)")]
    [InlineData("a is 5", "behind 'is' comes 'null' or 'not null', and '5' is there (at character 6)")]
    [InlineData("007", "007 is no number", true)]
    public void Is_refused_with_the_place(string expression, string? message, bool begins = false)
    {
        string found = Assert.Throws<ExpressionException>(() => Expression.Parse(expression)).Message;
        if (message is null) return;
        if (begins) Assert.StartsWith(message, found, StringComparison.Ordinal);
        else Assert.Equal(message, found);
    }

    [Fact]
    public void Says_what_was_meant()
    {
        Assert.Equal("Did you mean lower?", Assert.Throws<ExpressionException>(() => Expression.Parse("lowr(x)")).Remedy);
        Assert.Contains("timestamp() is the record's own time", Assert.Throws<ExpressionException>(() => Expression.Parse("now()")).Remedy, StringComparison.Ordinal);
        Assert.Contains("`in`", Assert.Throws<ExpressionException>(() => Expression.Parse("in = 1")).Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name > 5", "name > 5: name is the text 'Anna', which can't be compared with the integer 5")]
    [InlineData("id = name", "id = name: id is the integer 7, which can't be compared with name, the text 'Anna'")]
    [InlineData("lines > 1", "lines > 1: lines is the list [{sku: a}, {sku: b}], which can't be compared with the integer 1")]
    [InlineData("id in ('a')", "id in ('a'): id is the integer 7, which can't be compared with the text 'a'")]
    [InlineData("name", "name is the text 'Anna', and is used as a condition")]
    [InlineData("id / (id - 7) > 1", "id / (id - 7): division by zero (7 / 0)")]
    [InlineData("big + 1 > 1", "big + 1: the result is too large (9223372036854775807 + 1)")]
    [InlineData("name * 2 > 1", "name * 2: name is the text 'Anna', and no number")]
    [InlineData("name + 2 > 1", "name + 2: name is the text 'Anna', and no number: number(...) makes a number of it, concat(...) joins texts with anything")]
    [InlineData("lower(id) = 'x'", "lower(id): id is the integer 7, and lower takes a text")]
    [InlineData("int(amount) = 1", "int(amount): the decimal 12.50 is no whole number of 64 bits")]
    [InlineData("number(name) = 1", "number(name): the text 'Anna' can't be made a number")]
    [InlineData("date(name) = '2024-01-01'", "date(name): the text 'Anna' can't be made a date: it isn't in ISO 8601")]
    [InlineData("date(day) = name", "date(day) = name: date(day) is the date 2024-05-01, which can't be compared with name, the text 'Anna'")]
    [InlineData("id like 'x'", "id like 'x': id is the integer 7, and no text")]
    public void Names_field_kind_and_value_where_a_record_makes_no_sense(string condition, string message) =>
        Assert.Equal(message, Assert.Throws<DataException>(() => Expression.Parse(condition).Test(RowOf(Order))).Message);

    [Fact]
    public void Refuses_what_is_too_long_or_too_deep_and_takes_what_is_not()
    {
        Assert.Throws<ExpressionException>(() => Expression.Parse(new string('(', 100) + "1" + new string(')', 100)));
        Assert.Throws<ExpressionException>(() => Expression.Parse(string.Concat(Enumerable.Repeat("- ", 100)) + "a"));
        Assert.Throws<ExpressionException>(() => Expression.Parse(new string('1', 9000)));
        Assert.True(Expression.Parse(string.Join(" and ", Enumerable.Repeat("id=7", 900))).Test(RowOf(Order)));
    }

    [Fact]
    public void The_description_has_every_function() =>
        Assert.All(Functions.All, function => Assert.Contains(function.Signature, ExpressionLanguage.Description, StringComparison.Ordinal));

    [Theory]
    [InlineData("amount > 10 and to.city in ('Wien', 'Graz') and name like 'A%' and lines[0].sku != 'x' and ratio < 1")]
    [InlineData("id * 2 + 1 > 14 and amount * 2 >= 25 and not (note is not null) and starts_with(name, 'An')")]
    public void Usual_conditions_allocate_nothing(string condition)
    {
        Expression compiled = Expression.Parse(condition);
        Row row = RowOf(Order);
        Assert.True(compiled.Test(row));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int n = 0; n < 1000; n++) compiled.Test(row);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static DataValue Evaluate(string expression) => Expression.Parse(expression).Evaluate(RowOf(Order));

    private static Row RowOf(string json) => new() { Value = TransformRun.Parse(json) };
}
