// Runs SQL as a person would type it into DuckDB, in the folder in which it is called: a test of
// the lines that the documentation shows. Statements end with `;` at the end of a line. Prints each
// result as JSON Lines with the number of the statement; every value as text, null where it is
// null. Exit 1 names the statement that DuckDB refuses.
//   run_sql <statements.sql
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "archive/duckdb.hpp"

using bitgrid::archive::Duckdb;

namespace {

std::vector<std::string> statements_in(const std::string& text) {
    std::vector<std::string> all;
    for (std::size_t begin = 0;;) {
        const std::size_t end = text.find(";\n", begin);
        if (end == std::string::npos) return all;
        all.push_back(text.substr(begin, end - begin));
        begin = end + 2;
    }
}

// The statement as it stands; its values as text, whatever they are.
std::optional<std::string> run(Duckdb& duckdb, std::size_t number, const std::string& statement) {
    auto rows = duckdb.query("SELECT COLUMNS(*)::VARCHAR FROM (" + statement + "\n)");
    if (!rows) return rows.error().what;
    for (;;) {
        const auto has_row = rows->next();
        if (!has_row) return has_row.error().what;
        if (!*has_row) return std::nullopt;
        nlohmann::json json{{"statement", number}};
        for (std::size_t i = 0; i < rows->columns(); ++i)
            json[rows->name(i)] =
                rows->is_null(i) ? nlohmann::json{} : nlohmann::json(std::string{rows->text(i)});
        std::cout << json.dump() << '\n';
    }
}

}  // namespace

int main() {
    const std::string text{std::istreambuf_iterator<char>{std::cin}, {}};
    auto duckdb = Duckdb::open({2, 256});
    if (!duckdb) {
        std::cerr << duckdb.error().what << '\n';
        return 69;
    }
    const auto statements = statements_in(text);
    for (std::size_t i = 0; i < statements.size(); ++i)
        if (const auto fault = run(*duckdb, i + 1, statements[i])) {
            std::cerr << "statement " << i + 1 << ": " << *fault << '\n' << statements[i] << '\n';
            return 1;
        }
    std::cerr << statements.size() << " statements\n";
    return statements.empty() ? 1 : 0;
}
