// Answers the lines of `languages` (see languages.c) with RE2.

#include <re2/re2.h>

#include <iostream>
#include <sstream>
#include <string>

static std::string from_hex(const std::string &hex)
{
    std::string text;
    if (hex != "-")
        for (size_t i = 0; i < hex.size(); i += 2)
            text += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return text;
}

int main()
{
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream fields(line);
        std::string ours, pattern, word;
        unsigned flags;
        fields >> ours >> flags >> pattern;
        RE2::Options options;
        options.set_log_errors(false);
        options.set_case_sensitive(!(flags & 1));
        RE2 expression(from_hex(pattern), options);
        std::string answer = expression.ok() ? "" : "!";
        while (expression.ok() && fields >> word) {
            bool found = flags & 2 ? RE2::FullMatch(from_hex(word), expression)
                                   : RE2::PartialMatch(from_hex(word), expression);
            answer += found ? '1' : '0';
        }
        std::cout << answer << '\n';
    }
}
