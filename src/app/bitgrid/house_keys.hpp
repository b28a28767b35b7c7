#pragma once
// What the verbs around certificates share: where the authority lies, and how this host is called.
#include <string>
#include <vector>

#include "app/bitgrid/looking.hpp"
#include "pki/authority.hpp"

namespace bitgrid::app {

std::string pki_folder(const Looking&);
core::UnixTime now_on_the_wall();
/// Its name, the same with `.local`, localhost and the addresses of loopback.
std::vector<std::string> names_of_this_host();
/// Says on standard error what is wrong, and how an authority is made where there is none.
int explain_missing_authority(const core::Error&, const Looking&);

}  // namespace bitgrid::app
